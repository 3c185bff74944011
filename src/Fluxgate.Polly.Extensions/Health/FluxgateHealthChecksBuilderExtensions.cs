using Fluxgate;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds health checks that read the breakers of the container.</summary>
/// <remarks>
/// Open and forced open are the failure status, degraded unless asked otherwise. Half-open, and open when its break is over, is degraded at
/// worst: such a circuit needs calls to recover, which an instance that is out of rotation as unhealthy does not get. Closed, metrics-only
/// and disabled are healthy. ASP.NET Core answers degraded with 200 and unhealthy with 503, so a readiness probe that is to fail needs
/// <see cref="HealthStatus.Unhealthy"/>; its endpoint writes the status alone unless its options have a <c>ResponseWriter</c>. The description says which circuits are open and why. The data holds <c>state</c>, <c>reason</c> and
/// <c>since</c>, and where there is one <c>next_probe</c>, <c>failure_rate</c>, <c>refused_configuration</c> and
/// <c>kept_configuration</c> (the keys that a missing or broken file said before); the latter two change no status, since the old settings
/// are in force.
/// </remarks>
public static class FluxgateHealthChecksBuilderExtensions
{
    /// <summary>Adds one check for all breakers that are made: the worst counts, and the data holds an entry for each by its name.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What an open circuit means; <see cref="HealthStatus.Degraded"/> unless given.</param>
    /// <param name="tags">Tags to choose checks by.</param>
    /// <param name="timeout">How long the check may take; it only reads memory.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or <paramref name="name"/> is empty.</exception>
    public static IHealthChecksBuilder AddFluxgate(
        this IHealthChecksBuilder builder,
        string name = "fluxgate",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Add(
            builder,
            name,
            services => new BreakersHealthCheck(services.GetRequiredService<FluxgateBreakers>()),
            failureStatus,
            tags,
            timeout
        );
    }

    /// <summary>
    /// Adds a check for one breaker. A name that nothing names keeps the host from starting where all breakers are named in code; where a
    /// configuration may still name it there is a warning at start, and the check fails until it does.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="breaker">The breaker's name.</param>
    /// <param name="name">The check's name; <c>fluxgate-</c> and the breaker's unless given.</param>
    /// <param name="failureStatus">What an open circuit means; <see cref="HealthStatus.Degraded"/> unless given.</param>
    /// <param name="tags">Tags to choose checks by.</param>
    /// <param name="timeout">How long the check may take; it only reads memory.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or <paramref name="breaker"/> is empty or too long.</exception>
    public static IHealthChecksBuilder AddFluxgateBreaker(
        this IHealthChecksBuilder builder,
        string breaker,
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        FluxgateBuilder.CircuitName(breaker);
        name ??= $"fluxgate-{breaker}";
        builder.Services.AddSingleton(new BreakerReference(breaker, $"The health check '{name}'"));
        return Add(
            builder,
            name,
            services => new BreakerHealthCheck(services.GetRequiredService<FluxgateBreakers>(), breaker),
            failureStatus,
            tags,
            timeout
        );
    }

    private static IHealthChecksBuilder Add(
        IHealthChecksBuilder builder,
        string name,
        Func<IServiceProvider, IHealthCheck> check,
        HealthStatus? failureStatus,
        IEnumerable<string>? tags,
        TimeSpan? timeout
    )
    {
        builder.Services.AddFluxgate();
        return builder.Add(new(name, check, failureStatus ?? HealthStatus.Degraded, tags, timeout));
    }
}
