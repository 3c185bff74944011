using Fluxgate;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides an extension method that adds a health check for the fleet of the container.</summary>
public static class FluxgateFleetHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of the fleet. It has the failure status while the store of the fleet does not work. A process without its fleet serves calls as before, so the status should not
    /// take it out of service.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">The status while the store does not work. The default is <see cref="HealthStatus.Degraded"/>.</param>
    /// <param name="tags">The tags of the check.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// The data contain <c>fleet</c>, <c>member</c>, <c>connected</c>, <c>leader</c>, <c>circuits</c>, <c>divergent</c>, <c>directives</c> (the newest 10 as text), and, if they are known,
    /// <c>last_exchange_seconds</c>, <c>members</c> and <c>error</c>.
    /// </remarks>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or <paramref name="name"/> is empty.</exception>
    public static IHealthChecksBuilder AddFluxgateFleet(
        this IHealthChecksBuilder builder,
        string name = "fluxgate-fleet",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return builder.Add(
            new(
                name,
                services => new FleetHealthCheck(services.GetRequiredService<IFleetView>()),
                failureStatus ?? HealthStatus.Degraded,
                tags
            )
        );
    }
}
