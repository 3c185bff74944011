namespace Fluxgate;

/// <summary>The timer of a breaker that probes without traffic. It holds the breaker weakly, so that a dropped breaker is collected and its timer ends.</summary>
internal sealed class ProbeTimer : IDisposable
{
    // What a timer takes at the most; whoever wakes too early sets the rest.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    private readonly ITimer _timer;
    private readonly Action<Exception> _failed;

    public ProbeTimer(StateMachine machine, TimeProvider timeProvider)
    {
        _failed = machine.UserCode.ClockFailed;
        var wakeup = new WeakReference<StateMachine>(machine);
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
                        Wake(machine);
                    }
                },
                wakeup,
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

    /// <summary>Wakes the breaker in so long; at once where that is over.</summary>
    public void After(TimeSpan due)
    {
        // A whole millisecond more: timers cut fractions off, and waking early would only mean waking twice.
        var wait =
            due <= TimeSpan.Zero ? TimeSpan.Zero
            : due >= Longest ? Longest
            : TimeSpan.FromMilliseconds(Math.Ceiling(due.TotalMilliseconds));
        try
        {
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
        catch (Exception error)
        {
            // A user's timer. The calls go on without it.
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

    // Nothing may leave on a timer's thread: it would end the process.
    private static void Wake(StateMachine machine)
    {
        try
        {
            machine.Wake();
        }
        catch (Exception error)
        {
            machine.UserCode.ClockFailed(error);
        }
    }
}
