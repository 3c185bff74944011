namespace Fluxgate;

/// <summary>
/// Shows breakers in a prometheus-net registry, so that <c>MapMetrics()</c>, <c>MetricServer</c> and <c>MetricPusher</c> of an application
/// that has them show the breakers too: <c>Listeners = { new PrometheusNetListener() }</c>.
/// </summary>
/// <remarks>Thread-safe. One instance serves as many breakers as one likes. Everything is read from the breaker when the registry is collected.</remarks>
/// <example>
/// <code>
/// var payments = new FluxgateBreaker("payments", new FluxgateBreakerSettings { Listeners = { new PrometheusNetListener() } });
/// app.MapMetrics(); // prometheus-net's own
/// </code>
/// </example>
public sealed class PrometheusNetListener : ICircuitListener
{
    /// <summary>Creates a listener.</summary>
    /// <param name="metrics">Where its breakers are shown; prometheus-net's default registry unless given.</param>
    /// <param name="durations">Whether the breaker keeps the histogram of durations for it: two readings of the clock a call.</param>
    public PrometheusNetListener(PrometheusNetMetrics? metrics = null, bool durations = true)
    {
        Metrics = metrics ?? PrometheusNetMetrics.Default;
        DurationBuckets = durations ? Metrics.Breakers.DurationBuckets : null;
    }

    /// <summary>Where its breakers are shown.</summary>
    public PrometheusNetMetrics Metrics { get; }

    /// <summary>The buckets of the histogram of calls, as the metrics' catalogue has them; <see langword="null"/> where none is kept.</summary>
    public DurationBuckets? DurationBuckets { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnAttached(FluxgateBreaker breaker) => Metrics.Breakers.OnAttached(breaker);

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnDetached(FluxgateBreaker breaker) => Metrics.Breakers.OnDetached(breaker);

    /// <summary>Counts the signal for families that count signals; transitions themselves are counted by the breaker and read when the registry is collected.</summary>
    /// <param name="signal">What happened.</param>
    /// <exception cref="ArgumentNullException"><paramref name="signal"/> is <see langword="null"/>.</exception>
    public void OnSignal(Signal signal) => Metrics.Breakers.OnSignal(signal);
}
