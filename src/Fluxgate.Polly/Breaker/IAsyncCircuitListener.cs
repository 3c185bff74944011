namespace Fluxgate;

/// <summary>Receives signals behind a bounded queue of its own, in order and one at a time, and never delays a call.</summary>
/// <remarks>
/// A full queue drops its oldest signal. Dropped signals are counted and reported as <see cref="SignalsDroppedNotice"/>, and the gap shows in the
/// sequence numbers. A notice is left out while 256 or more wait. Disposing the breaker flushes the queue in bounded time, then cancels the
/// token. It runs on threads of the pool; one that several breakers share must be thread-safe, since each has a queue of its own. What it throws is
/// counted and reported.
/// </remarks>
public interface IAsyncCircuitListener : IListener
{
    /// <summary>A transition.</summary>
    /// <param name="signal">What happened.</param>
    /// <param name="cancellationToken">Cancelled when the breaker was disposed and the time to flush has run out.</param>
    /// <returns>A task; the next signal comes when it has completed.</returns>
    ValueTask OnSignalAsync(Signal signal, CancellationToken cancellationToken);

    /// <summary>Something worth hearing that is no transition; in order with the signals.</summary>
    /// <param name="notice">What happened.</param>
    /// <param name="cancellationToken">As for <see cref="OnSignalAsync"/>.</param>
    /// <returns>A task; the next one comes when it has completed.</returns>
    ValueTask OnNoticeAsync(Notice notice, CancellationToken cancellationToken) => default;
}
