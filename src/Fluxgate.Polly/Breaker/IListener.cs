namespace Fluxgate;

/// <summary>What a breaker can be listened to with: implement <see cref="ICircuitListener"/> or <see cref="IAsyncCircuitListener"/>.</summary>
/// <remarks>One that several breakers share must be thread-safe: each breaker calls it as if it were the only one.</remarks>
public interface IListener
{
    /// <summary>The buckets of the histogram of durations that the breaker is to keep for this listener, read by <see cref="BreakerSnapshot.Durations"/>; asked once, when the breaker is created.</summary>
    /// <value><see langword="null"/> unless overridden: it asks for none, and where nobody asks, no call is timed that no rule times.</value>
    DurationBuckets? DurationBuckets => null;

    /// <summary>Called once for each breaker that has this listener, when the breaker is created and before its first signal.</summary>
    /// <param name="breaker">The breaker. Hold it weakly, or it cannot be collected before the listener is.</param>
    void OnAttached(FluxgateBreaker breaker) { }

    /// <summary>Called once when the breaker is disposed, after the last signal. While the listener hangs it is called when its own call returns.</summary>
    /// <param name="breaker">The breaker.</param>
    void OnDetached(FluxgateBreaker breaker) { }
}
