namespace Fluxgate;

/// <summary>Tests whose calls wait on the virtual clock.</summary>
internal static class Inline
{
    /// <summary>What the clock or the test sets going runs until it waits again before they return: no scheduler comes in between.</summary>
    public static void Continuations() => SynchronizationContext.SetSynchronizationContext(null);

    /// <summary>A dependency that never answers, and gives up when it is told to.</summary>
    public static Task Forever(CancellationToken cancellationToken) => new TaskCompletionSource().Task.WaitAsync(cancellationToken);

    /// <summary>A call that must be over by now: one that is not fails the test, where waiting for it would hang.</summary>
    public static Task<T> Ended<T>(Task<T> call)
    {
        Assert.True(call.IsCompleted, "The call still waits.");
        return call;
    }
}
