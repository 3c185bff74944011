namespace Fluxgate;

/// <summary>Shows a fleet as this process knows it.</summary>
/// <remarks>Thread-safe. The properties read memory and never wait.</remarks>
public interface IFleetView
{
    /// <summary>Gets the name of the fleet.</summary>
    string Fleet { get; }

    /// <summary>Gets the identifier of this process.</summary>
    string MemberId { get; }

    /// <summary>Gets the status of this process in its fleet.</summary>
    FleetStatus Status { get; }

    /// <summary>Gets the summary of the fleet; <see langword="null"/> while none is known, or if none was made for ten intervals.</summary>
    FleetSummary? Summary { get; }

    /// <summary>Gets the directives that this process knows, the oldest first. They stay in force until they end, even while the store is unavailable.</summary>
    IReadOnlyList<FleetDirective> Directives { get; }

    /// <summary>Gets the metric families of the fleet. Add them to the metrics that the application exports, such as <c>PrometheusMetrics.Default</c> or <see cref="BreakerMeter.Default"/>. No label names a member.</summary>
    IReadOnlyList<MetricFamily> MetricFamilies { get; }

    /// <summary>Reads the digests of all members from the store.</summary>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The members with their circuits.</returns>
    /// <exception cref="TimeoutException">The store did not respond within 5 s.</exception>
    Task<FleetReport> ReadAsync(CancellationToken cancellationToken = default);
}
