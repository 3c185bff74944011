namespace Fluxgate;

/// <summary>
/// The timer of a breaker that probes without traffic. It holds a weak reference to the state machine, so that an unused breaker can be
/// collected.
/// </summary>
internal sealed class ProbeTimer : IDisposable
{
    private readonly ITimer? _timer;
    private readonly Action<Exception> _failed;

    public ProbeTimer(StateMachine machine, TimeProvider timeProvider)
    {
        _failed = machine.UserCode.ReportClockError;
        var target = new WeakReference<StateMachine>(machine);
        try
        {
            _timer = timeProvider.CreateOwnTimer(
                static state =>
                {
                    if (((WeakReference<StateMachine>)state!).TryGetTarget(out var machine))
                    {
                        OnTimer(machine);
                    }
                },
                target
            );
        }
        catch (Exception error)
        {
            // A user's time provider may throw. The first call after the break then does the work of the timer.
            _failed(error);
        }
    }

    /// <summary>Schedules the timer. It fires at once if the due time has passed.</summary>
    public void Schedule(TimeSpan due)
    {
        try
        {
            _timer?.Set(due);
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
            _timer?.Dispose();
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
            machine.UserCode.ReportClockError(error);
        }
    }
}
