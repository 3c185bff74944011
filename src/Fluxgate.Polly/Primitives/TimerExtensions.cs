namespace Fluxgate;

/// <summary>The timers of a time provider, which a user may have written: each of these methods can throw.</summary>
internal static class TimerExtensions
{
    // The longest due time, below the limit of system timers. A timer that fires early is set again.
    private static readonly TimeSpan MaxDueTime = TimeSpan.FromDays(40);

    /// <summary>Creates a timer that is not set. It does not run in the execution context of the caller.</summary>
    public static ITimer CreateOwnTimer(this TimeProvider timeProvider, TimerCallback callback, object state)
    {
        var flows = !ExecutionContext.IsFlowSuppressed();
        if (flows)
        {
            ExecutionContext.SuppressFlow();
        }

        try
        {
            return timeProvider.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            if (flows)
            {
                ExecutionContext.RestoreFlow();
            }
        }
    }

    /// <summary>Sets a timer to fire once. It fires at once if the due time has passed.</summary>
    public static void Set(this ITimer timer, TimeSpan due)
    {
        // Round up to a whole millisecond. Timers truncate fractions, and a timer that fires early must be set again.
        var wait =
            due <= TimeSpan.Zero ? TimeSpan.Zero
            : due >= MaxDueTime ? MaxDueTime
            : TimeSpan.FromMilliseconds(Math.Ceiling(due.TotalMilliseconds));
        timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
