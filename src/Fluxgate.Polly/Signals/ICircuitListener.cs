namespace Fluxgate;

/// <summary>Hears every signal of a breaker once, in order, and never two at a time.</summary>
/// <remarks>
/// It runs on a thread that made a transition, normally the one whose signal it is, outside every lock, and may call the breaker. Be
/// short: the call that made the transition waits, other calls do not. A listener that several breakers share must be thread-safe. What
/// it throws is counted and reported; other listeners and the caller are not touched.
/// </remarks>
public interface ICircuitListener : IListener
{
    /// <summary>A transition.</summary>
    /// <param name="signal">What happened.</param>
    void OnSignal(Signal signal);

    /// <summary>Something worth hearing that is no transition; in order with the signals.</summary>
    /// <param name="notice">What happened. While one of the breaker's listeners is 256 of them behind, notices are left out, for all; signals never are, and counters hold everything.</param>
    void OnNotice(Notice notice) { }
}
