namespace Fluxgate;

/// <summary>
/// Shows breakers to Prometheus: <c>Listeners = { new PrometheusListener() }</c>. One instance serves as many breakers as one likes, told
/// apart by the label <c>circuit_name</c>; what they have been through is written by <see cref="PrometheusMetrics"/>.
/// </summary>
/// <remarks>
/// Thread-safe. Everything is read from the breaker when Prometheus asks, so a breaker is there from its first moment and no call pays for
/// its metrics but for the histogram of durations (two readings of the clock), which <see cref="MetricCatalogue.DurationBuckets"/> switches off. Breakers are held weakly: one that is disposed or collected leaves the page. Two listeners, or the same one twice, on one
/// breaker do no harm.
/// </remarks>
/// <example>
/// <code>
/// var payments = new FluxgateBreaker("payments", new FluxgateBreakerSettings { Listeners = { new PrometheusListener() } });
/// using var server = new PrometheusServer(9464);
/// server.Start(); // http://localhost:9464/metrics
/// </code>
/// </example>
public sealed class PrometheusListener : ICircuitListener
{
    /// <summary>Creates a listener.</summary>
    /// <param name="metrics">Where its breakers are shown; <see cref="PrometheusMetrics.Default"/> unless given.</param>
    /// <param name="durations">Whether the breaker keeps the histogram of durations for it: two readings of the clock a call.</param>
    public PrometheusListener(PrometheusMetrics? metrics = null, bool durations = true)
    {
        Metrics = metrics ?? PrometheusMetrics.Default;
        DurationBuckets = durations ? Metrics.Breakers.DurationBuckets : null;
    }

    /// <summary>Where its breakers are shown.</summary>
    public PrometheusMetrics Metrics { get; }

    /// <summary>The buckets of the histogram of calls, as the metrics' catalogue has them; <see langword="null"/> where none is kept.</summary>
    public DurationBuckets? DurationBuckets { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnAttached(FluxgateBreaker breaker) => Metrics.Breakers.OnAttached(breaker);

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnDetached(FluxgateBreaker breaker) => Metrics.Breakers.OnDetached(breaker);

    /// <summary>Counts the signal for families that count signals; transitions themselves are counted by the breaker and read when Prometheus asks.</summary>
    /// <param name="signal">What happened.</param>
    /// <exception cref="ArgumentNullException"><paramref name="signal"/> is <see langword="null"/>.</exception>
    public void OnSignal(Signal signal) => Metrics.Breakers.OnSignal(signal);
}
