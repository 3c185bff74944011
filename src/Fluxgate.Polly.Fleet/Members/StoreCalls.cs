namespace Fluxgate;

/// <summary>
/// Calls a store that may hang, block its thread or ignore its cancellation token: nobody waits for it longer than until the deadline, and while a call has not ended, no further
/// one is made, so that a store that hangs holds at most one thread.
/// </summary>
internal sealed class StoreCalls(IFleetStore store, TimeProvider timeProvider)
{
    private Task _last = Task.CompletedTask;

    /// <summary>Calls the store.</summary>
    /// <param name="call">Calls one method of the store.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="stopping">Cancels the call.</param>
    /// <exception cref="TimeoutException">The store did not respond, or it has not ended an earlier call.</exception>
    public async Task<T> CallAsync<T>(Func<IFleetStore, CancellationToken, ValueTask<T>> call, TimeSpan timeout, CancellationToken stopping)
    {
        if (!_last.IsCompleted)
        {
            throw new TimeoutException("The store has not ended an earlier call.");
        }

        // Not disposed where the call goes on: the store may still use the token.
        var deadline = new CancellationTokenSource(timeout, timeProvider);
        var token = deadline.Token;
        var running = Task.Run(() => call(store, token).AsTask(), CancellationToken.None);
        _last = running;
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
        catch (Exception error) when (error is TimeoutException || (error is OperationCanceledException && !stopping.IsCancellationRequested))
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
}
