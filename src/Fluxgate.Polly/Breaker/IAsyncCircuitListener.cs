namespace Fluxgate;

/// <summary>Receives the signals of a breaker asynchronously: through its own bounded queue, in order and one at a time. It never delays a call.</summary>
/// <remarks>
/// A full queue drops its oldest entry. Dropped signals are counted and reported as <see cref="SignalsDroppedNotice"/>, and the sequence
/// numbers show the gap. Notices are skipped while 256 signals and notices wait, or while the queue is full. Disposing the breaker flushes the queue for up to
/// <see cref="FluxgateBreakerSettings.ListenerFlushTimeout"/> and then cancels the token. The listener runs on thread-pool threads. If several
/// breakers share it, it must be thread-safe, because each breaker has its own queue. When it throws, the error is counted and reported.
/// </remarks>
public interface IAsyncCircuitListener : IListener
{
    /// <summary>Receives a signal: one transition of the circuit.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="cancellationToken">A token that is canceled when the breaker has been disposed and the flush timeout has elapsed.</param>
    /// <returns>A task. The next signal or notice is delivered after it has completed.</returns>
    ValueTask OnSignalAsync(Signal signal, CancellationToken cancellationToken);

    /// <summary>Receives a notice: an event that is not a transition. Notices and signals arrive in order. By default, does nothing.</summary>
    /// <param name="notice">The notice.</param>
    /// <param name="cancellationToken">A token that is canceled when the breaker has been disposed and the flush timeout has elapsed.</param>
    /// <returns>A task. The next signal or notice is delivered after it has completed.</returns>
    ValueTask OnNoticeAsync(Notice notice, CancellationToken cancellationToken) => default;
}
