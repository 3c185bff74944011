namespace Fluxgate;

/// <summary>Receives every signal of a breaker once, in order, and never two at a time.</summary>
/// <remarks>
/// It runs on a thread that made a transition, normally the one whose signal it is, outside every lock, and may call the breaker. Be
/// short: that call waits, other calls do not. A thread delivers at most 16 signals and notices, or for 10 ms; the rest is delivered by the next
/// thread that makes a transition, or by the thread pool. While a listener hangs, at most 10,000 signals and notices wait for it: the oldest are
/// dropped, <see cref="BreakerSnapshot.SignalsDropped"/> counts the signals, and their sequence numbers show the gap. Values of
/// <see cref="AsyncLocal{T}"/> and activities that it sets do not reach the calling code. A listener that several breakers share must be
/// thread-safe. What it throws is counted and reported; other listeners and the caller are not affected. An error that its own calls to a breaker
/// cause is counted and not reported, or the two could go on without end.
/// </remarks>
public interface ICircuitListener : IListener
{
    /// <summary>A transition.</summary>
    /// <param name="signal">What happened.</param>
    void OnSignal(Signal signal);

    /// <summary>Something worth hearing that is no transition; in order with the signals.</summary>
    /// <param name="notice">What happened. While 256 signals and notices wait for one of the breaker's listeners, notices are left out for all; counters hold everything.</param>
    void OnNotice(Notice notice) { }
}
