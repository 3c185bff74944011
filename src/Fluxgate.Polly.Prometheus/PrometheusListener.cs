namespace Fluxgate;

/// <summary>
/// Publishes breakers to Prometheus: <c>Listeners = { new PrometheusListener() }</c>. One instance can publish many breakers, which the label
/// <c>circuit_name</c> distinguishes. <see cref="PrometheusMetrics"/> writes their metrics.
/// </summary>
/// <remarks>
/// Thread-safe. All values are read from the breaker during a scrape, so a breaker is present from its creation. The only cost of a call is the
/// histogram of durations, which reads the clock twice; <see cref="MetricCatalog.DurationBuckets"/> disables it. Breakers are held by weak
/// references: one that is disposed or collected disappears from the page. Several listeners on one breaker publish it once.
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
    /// <param name="metrics">The metrics that its breakers are added to. The default is <see cref="PrometheusMetrics.Default"/>.</param>
    /// <param name="durations"><see langword="true"/> to record the histogram of durations, which reads the clock twice for each call; otherwise, <see langword="false"/>.</param>
    public PrometheusListener(PrometheusMetrics? metrics = null, bool durations = true)
    {
        Metrics = metrics ?? PrometheusMetrics.Default;
        DurationBuckets = durations ? Metrics.Breakers.DurationBuckets : null;
    }

    /// <summary>Gets the metrics that the breakers are added to.</summary>
    public PrometheusMetrics Metrics { get; }

    /// <summary>Gets the buckets of the histogram of durations from the catalog, or <see langword="null"/> if no histogram is recorded.</summary>
    public DurationBuckets? DurationBuckets { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnAttached(FluxgateBreaker breaker) => Metrics.Breakers.OnAttached(breaker);

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnDetached(FluxgateBreaker breaker) => Metrics.Breakers.OnDetached(breaker);

    /// <summary>Counts the signal for families that count signals. The breaker itself counts its transitions; they are read during a scrape.</summary>
    /// <param name="signal">The transition.</param>
    /// <exception cref="ArgumentNullException"><paramref name="signal"/> is <see langword="null"/>.</exception>
    public void OnSignal(Signal signal) => Metrics.Breakers.OnSignal(signal);
}
