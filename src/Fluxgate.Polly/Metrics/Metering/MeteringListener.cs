namespace Fluxgate;

/// <summary>Exports breakers to .NET metrics, and so to OpenTelemetry and dotnet-counters: <c>Listeners = { new MeteringListener() }</c>.</summary>
/// <remarks>
/// Thread-safe. Any number of breakers can share an instance. Breakers are read when metrics are collected. Calls are timed only while
/// <c>circuit_breaker.request.duration</c> has listeners.
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
    /// <param name="meter">The meter that exports the breakers; by default, <see cref="BreakerMeter.Default"/>.</param>
    public MeteringListener(BreakerMeter? meter = null) => Meter = meter ?? BreakerMeter.Default;

    /// <summary>Gets the meter that exports the breakers.</summary>
    public BreakerMeter Meter { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnAttached(FluxgateBreaker breaker) => Meter.Breakers.OnAttached(breaker);

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnDetached(FluxgateBreaker breaker) => Meter.Breakers.OnDetached(breaker);

    /// <summary>Counts the signal for families that count signals. The breaker itself counts its transitions.</summary>
    /// <param name="signal">The signal.</param>
    /// <exception cref="ArgumentNullException"><paramref name="signal"/> is <see langword="null"/>.</exception>
    public void OnSignal(Signal signal) => Meter.Breakers.OnSignal(signal);

    IDurationSink? IDurationListener.SinkFor(FluxgateBreaker breaker) =>
        Meter.HasDurations ? new MeteredDurations(Meter, breaker.GroupName ?? breaker.Name) : null;
}
