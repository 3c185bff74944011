namespace Fluxgate;

/// <summary>
/// Publishes breakers in a prometheus-net registry: <c>Listeners = { new PrometheusNetListener() }</c>. <c>MapMetrics()</c>,
/// <c>MetricServer</c> and <c>MetricPusher</c> then contain the metrics of the breakers.
/// </summary>
/// <remarks>Thread-safe. One instance can publish many breakers. All values are read from the breakers when the registry is collected.</remarks>
/// <example>
/// <code>
/// var payments = new FluxgateBreaker("payments", new FluxgateBreakerSettings { Listeners = { new PrometheusNetListener() } });
/// app.MapMetrics(); // prometheus-net's own
/// </code>
/// </example>
public sealed class PrometheusNetListener : ICircuitListener
{
    /// <summary>Creates a listener.</summary>
    /// <param name="metrics">The metrics that its breakers are added to. The default is <see cref="PrometheusNetMetrics.Default"/>.</param>
    /// <param name="durations"><see langword="true"/> to record the histogram of durations, which reads the clock twice for each call; otherwise, <see langword="false"/>.</param>
    public PrometheusNetListener(PrometheusNetMetrics? metrics = null, bool durations = true)
    {
        Metrics = metrics ?? PrometheusNetMetrics.Default;
        DurationBuckets = durations ? Metrics.Breakers.DurationBuckets : null;
    }

    /// <summary>Gets the metrics that the breakers are added to.</summary>
    public PrometheusNetMetrics Metrics { get; }

    /// <summary>Gets the buckets of the histogram of durations from the catalog, or <see langword="null"/> if no histogram is recorded.</summary>
    public DurationBuckets? DurationBuckets { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnAttached(FluxgateBreaker breaker) => Metrics.Breakers.OnAttached(breaker);

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnDetached(FluxgateBreaker breaker) => Metrics.Breakers.OnDetached(breaker);

    /// <summary>Counts the signal for families that count signals. The breaker itself counts its transitions; they are read when the registry is collected.</summary>
    /// <param name="signal">The transition.</param>
    /// <exception cref="ArgumentNullException"><paramref name="signal"/> is <see langword="null"/>.</exception>
    public void OnSignal(Signal signal) => Metrics.Breakers.OnSignal(signal);
}
