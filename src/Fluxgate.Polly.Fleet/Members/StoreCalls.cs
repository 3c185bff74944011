namespace Fluxgate;

/// <summary>
/// Calls a store that may hang, block its thread or ignore its cancellation token: nobody waits for it longer than until the deadline, and only a few calls at most have not
/// ended, so that a store that hangs holds as many threads at most.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="timeProvider">The clock of the deadlines.</param>
/// <param name="mostAtOnce">The most calls that run at once.</param>
internal sealed class StoreCalls(IFleetStore store, TimeProvider timeProvider, int mostAtOnce)
{
    private int _running;

    /// <summary>Calls the store.</summary>
    /// <param name="call">Calls one method of the store.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="stopping">Ends the wait. The store receives the deadline alone.</param>
    /// <exception cref="TimeoutException">The store did not respond, or it has not ended earlier calls.</exception>
    public async Task<T> CallAsync<T>(Func<IFleetStore, CancellationToken, ValueTask<T>> call, TimeSpan timeout, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();

        // Before the call is counted: a time provider may throw. Disposed when the call ends: the store may use the token for longer than the deadline.
        var deadline = new CancellationTokenSource(timeout, timeProvider);
        if (Interlocked.Increment(ref _running) > mostAtOnce)
        {
            Interlocked.Decrement(ref _running);
            deadline.Dispose();
            throw new TimeoutException("The store has not ended an earlier call.");
        }

        var running = Task.Run(() => RunAsync(call, deadline.Token), CancellationToken.None);
        _ = running.ContinueWith(
            ended =>
            {
                _ = ended.Exception;
                deadline.Dispose();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        try
        {
            return await running.WaitAsync(timeout, timeProvider, stopping).ConfigureAwait(false);
        }
        catch (Exception error)
            when (error is TimeoutException || (error is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            throw new TimeoutException($"The store did not respond within {RuleText.Measured(timeout)}.", error);
        }
    }

    /// <summary>Calls a method of the store that returns nothing.</summary>
    public Task CallAsync(Func<IFleetStore, CancellationToken, ValueTask> call, TimeSpan timeout, CancellationToken stopping) =>
        CallAsync(
            async (store, token) =>
            {
                await call(store, token).ConfigureAwait(false);
                return true;
            },
            timeout,
            stopping
        );

    private async Task<T> RunAsync<T>(Func<IFleetStore, CancellationToken, ValueTask<T>> call, CancellationToken token)
    {
        try
        {
            return await call(store, token).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
