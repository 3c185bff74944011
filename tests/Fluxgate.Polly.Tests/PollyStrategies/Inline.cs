namespace Fluxgate;

/// <summary>Helpers for tests whose calls wait on the virtual clock.</summary>
internal static class Inline
{
    /// <summary>Makes continuations run inline, before the call that completed them returns: no scheduler is involved.</summary>
    public static void Continuations() => SynchronizationContext.SetSynchronizationContext(null);

    /// <summary>Returns a task that completes only by cancellation.</summary>
    public static Task Forever(CancellationToken cancellationToken) => new TaskCompletionSource().Task.WaitAsync(cancellationToken);

    /// <summary>Returns a call that must have completed, and fails the test if it has not; awaiting it would hang.</summary>
    public static Task<T> Ended<T>(Task<T> call)
    {
        Assert.True(call.IsCompleted, "The call still waits.");
        return call;
    }
}
