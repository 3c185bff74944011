namespace Fluxgate;

/// <summary>Shows breakers to .NET's metrics, and so to OpenTelemetry and dotnet-counters: <c>Listeners = { new MeteringListener() }</c>.</summary>
/// <remarks>
/// Thread-safe. One instance serves as many breakers as one likes. Everything is read from the breaker when somebody collects; a call is
/// timed only while somebody listens to <c>circuit_breaker.request.duration</c>.
/// </remarks>
/// <example>
/// <code>
/// var payments = new FluxgateBreaker("payments", new FluxgateBreakerSettings { Listeners = { new MeteringListener() } });
/// services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(BreakerMeter.Name));
/// </code>
/// </example>
public sealed class MeteringListener : ICircuitListener, IDurationListener
{
    /// <summary>Creates a listener.</summary>
    /// <param name="meter">Where its breakers are shown; <see cref="BreakerMeter.Default"/> unless given.</param>
    public MeteringListener(BreakerMeter? meter = null) => Meter = meter ?? BreakerMeter.Default;

    /// <summary>Where its breakers are shown.</summary>
    public BreakerMeter Meter { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnAttached(FluxgateBreaker breaker) => Meter.Breakers.OnAttached(breaker);

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnDetached(FluxgateBreaker breaker) => Meter.Breakers.OnDetached(breaker);

    /// <summary>Counts the signal for families that count signals; transitions themselves are counted by the breaker and read when somebody collects.</summary>
    /// <param name="signal">What happened.</param>
    /// <exception cref="ArgumentNullException"><paramref name="signal"/> is <see langword="null"/>.</exception>
    public void OnSignal(Signal signal) => Meter.Breakers.OnSignal(signal);

    IDurationSink? IDurationListener.SinkFor(FluxgateBreaker breaker) =>
        Meter.HasDurations ? new MeteredDurations(Meter, breaker.Name) : null;
}
