using Fluxgate;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides extension methods that add health checks for the breakers and groups of the container.</summary>
/// <remarks>
/// <para>
/// An open or forced open circuit has the failure status, which is degraded by default. A half-open circuit, and an open one whose break is
/// over, is degraded at worst: it needs calls to recover, and a load balancer sends none to an unhealthy instance. Closed, metrics-only and
/// disabled circuits are healthy.
/// </para>
/// <para>
/// A group is healthy as long as the ratio of its circuits that restrict calls (open, forced open or half-open) is below a limit, 10% by default.
/// At or above the limit, it has the failure status if that many circuits reject all calls, and is degraded at worst if some of them are half-open or at
/// the end of their break. The shared circuit makes it degraded when it restricts calls. The data contain <c>circuits</c> (their number),
/// <c>states</c> (the number in each state), <c>shared</c> (the data of the shared circuit) and <c>worst</c> (a list with the data and the
/// <c>key</c> of at most 10 circuits that are not closed, the worst first).
/// </para>
/// <para>
/// ASP.NET Core responds with 200 if the status is degraded and with 503 if it is unhealthy, so a readiness probe that should fail needs
/// <see cref="HealthStatus.Unhealthy"/>. The endpoint writes only the status, unless its options have a <c>ResponseWriter</c>.
/// </para>
/// <para>
/// The description names the circuits that are not closed, with their reasons. The data contain <c>state</c>, <c>reason</c> and <c>since</c>,
/// and, if they apply, <c>next_probe</c>, <c>failure_rate</c>, <c>configuration_error</c> and <c>retained_configuration</c> (the keys of a file
/// that is missing or fails to load). The last two do not change the status, since the previous settings are in force.
/// </para>
/// </remarks>
public static class FluxgateHealthChecksBuilderExtensions
{
    /// <summary>Adds one check for all breakers and groups that are created. The status is the worst of them, and the data have an entry for each by its name.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">The status of an open circuit. The default is <see cref="HealthStatus.Degraded"/>.</param>
    /// <param name="tags">The tags of the check.</param>
    /// <param name="timeout">The timeout of the check. It only reads memory.</param>
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
    /// Adds a check for one breaker. If the breaker is not defined, the host does not start. With a configuration, which may define the breaker
    /// later, the log contains a warning instead, and the check fails until the breaker is defined.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="breaker">The breaker's name.</param>
    /// <param name="name">The check's name; the default is <c>fluxgate-</c> and the name of the breaker.</param>
    /// <param name="failureStatus">The status of an open circuit. The default is <see cref="HealthStatus.Degraded"/>.</param>
    /// <param name="tags">The tags of the check.</param>
    /// <param name="timeout">The timeout of the check. It only reads memory.</param>
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

    /// <summary>Adds a check for one group. If the group is not defined, the same applies as to <see cref="AddFluxgateBreaker"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="group">The group's name.</param>
    /// <param name="degradedFrom">
    /// The ratio of circuits that restrict calls at or above which the group is degraded, greater than 0 and at most 1. The default is 0.1 (10%). Open,
    /// forced open and half-open circuits restrict calls.
    /// </param>
    /// <param name="name">The check's name; the default is <c>fluxgate-</c> and the name of the group.</param>
    /// <param name="failureStatus">
    /// The status if the ratio of circuits that reject all calls reaches <paramref name="degradedFrom"/>. The default is <see cref="HealthStatus.Degraded"/>.
    /// </param>
    /// <param name="tags">The tags of the check.</param>
    /// <param name="timeout">The timeout of the check. It only reads memory.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/> or out of range, or <paramref name="group"/> is empty or too long.</exception>
    public static IHealthChecksBuilder AddFluxgateBreakerGroup(
        this IHealthChecksBuilder builder,
        string group,
        double degradedFrom = GroupHealth.DegradedFrom,
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        FluxgateBuilder.RequireName(group);
        if (degradedFrom is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(degradedFrom),
                degradedFrom,
                $"{nameof(degradedFrom)} must be greater than 0 and at most 1 (1 is 100%), but is {RuleText.Number(degradedFrom)}."
            );
        }

        name ??= $"fluxgate-{group}";
        builder.Services.AddSingleton(new BreakerReference(GroupNames.SettingsOf(group), $"The health check '{name}'"));
        return Add(
            builder,
            name,
            services => new GroupHealthCheck(services.GetRequiredService<FluxgateBreakers>(), group, degradedFrom),
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
