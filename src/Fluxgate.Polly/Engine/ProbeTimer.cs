namespace Fluxgate;

/// <summary>
/// The timer of a breaker that probes without traffic. It holds a weak reference to the state machine, so that an unused breaker can be
/// collected.
/// </summary>
internal sealed class ProbeTimer : IDisposable
{
    // The longest due time, below the limit of system timers. A timer that fires early is scheduled again.
    private static readonly TimeSpan MaxDueTime = TimeSpan.FromDays(40);

    private readonly ITimer _timer;
    private readonly Action<Exception> _failed;

    public ProbeTimer(StateMachine machine, TimeProvider timeProvider)
    {
        _failed = machine.UserCode.ClockFailed;
        var target = new WeakReference<StateMachine>(machine);
        var flows = !ExecutionContext.IsFlowSuppressed();
        if (flows)
        {
            ExecutionContext.SuppressFlow();
        }

        try
        {
            _timer = timeProvider.CreateTimer(
                static state =>
                {
                    if (((WeakReference<StateMachine>)state!).TryGetTarget(out var machine))
                    {
                        OnTimer(machine);
                    }
                },
                target,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan
            );
        }
        finally
        {
            if (flows)
            {
                ExecutionContext.RestoreFlow();
            }
        }
    }

    /// <summary>Schedules the timer. It fires at once if the due time has passed.</summary>
    public void Schedule(TimeSpan due)
    {
        // Round up to a whole millisecond. Timers truncate fractions, and a timer that fires early must be scheduled again.
        var wait =
            due <= TimeSpan.Zero ? TimeSpan.Zero
            : due >= MaxDueTime ? MaxDueTime
            : TimeSpan.FromMilliseconds(Math.Ceiling(due.TotalMilliseconds));
        try
        {
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
        catch (Exception error)
        {
            // A user's time provider may throw. Calls continue without the timer.
            _failed(error);
        }
    }

    public void Dispose()
    {
        try
        {
            _timer.Dispose();
        }
        catch (Exception error)
        {
            _failed(error);
        }
    }

    // An exception on a timer thread would end the process.
    private static void OnTimer(StateMachine machine)
    {
        try
        {
            machine.OnTimer();
        }
        catch (Exception error)
        {
            machine.UserCode.ClockFailed(error);
        }
    }
}
