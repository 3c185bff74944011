namespace Fluxgate;

/// <summary>Receives every signal of a breaker once, in order, and never two at a time.</summary>
/// <remarks>
/// The listener normally runs on the thread that raised the signal or notice. No lock is held, so it can call the breaker.
/// Return quickly: the call that runs the listener waits; other calls do not. A thread delivers at most 16 signals and notices, and for at most
/// 10 ms. The next thread that causes a transition, or the thread pool, delivers the rest. While a listener hangs, at most 10,000 signals
/// and notices wait for it. Then the oldest are dropped, <see cref="BreakerSnapshot.SignalsDropped"/> counts the dropped signals, and the
/// sequence numbers show the gap. Values of <see cref="AsyncLocal{T}"/> and activities that the listener sets do not reach the calling code.
/// A listener that several breakers share must be thread-safe. When it throws, the error is counted and reported; other listeners and
/// the caller are not affected. Errors caused by its own calls to a breaker are counted but not reported, to prevent an endless loop.
/// </remarks>
public interface ICircuitListener : IListener
{
    /// <summary>Receives a signal: one transition of the circuit.</summary>
    /// <param name="signal">The signal.</param>
    void OnSignal(Signal signal);

    /// <summary>Receives a notice: an event that is not a transition. Notices and signals arrive in order. By default, does nothing.</summary>
    /// <param name="notice">The notice. Notices are skipped for all listeners while 256 signals and notices wait for one of them. The counters still count them.</param>
    void OnNotice(Notice notice) { }
}
