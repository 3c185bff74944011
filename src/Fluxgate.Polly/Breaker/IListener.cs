namespace Fluxgate;

/// <summary>The base of all listeners. Implement <see cref="ICircuitListener"/> or <see cref="IAsyncCircuitListener"/>.</summary>
/// <remarks>A listener that several breakers share must be thread-safe: the breakers call it independently of each other.</remarks>
public interface IListener
{
    /// <summary>Gets the buckets of the duration histogram that this listener requires. Read once, when the breaker is created. <see cref="BreakerSnapshot.Durations"/> returns the histogram.</summary>
    /// <value><see langword="null"/> by default: the breaker then times calls only if a rule or another listener requires it.</value>
    DurationBuckets? DurationBuckets => null;

    /// <summary>Attaches the listener to a breaker. Called once per breaker, when the breaker is created or <see cref="FluxgateBreaker.Attach"/> is called, and before its first signal. By default, does nothing.</summary>
    /// <param name="breaker">The breaker. Reference it weakly; otherwise it cannot be collected before the listener.</param>
    void OnAttached(FluxgateBreaker breaker) { }

    /// <summary>Detaches the listener from a breaker. Called once, when the breaker is disposed, after the last signal. If a call of the listener hangs, it is called after that call returns. By default, does nothing.</summary>
    /// <param name="breaker">The breaker.</param>
    void OnDetached(FluxgateBreaker breaker) { }
}
