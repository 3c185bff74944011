namespace Fluxgate.Simulation;

/// <summary>The virtual time of a run: actions in the order of their times, and in the order in which they were scheduled at one time.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, (long At, long Number)> _actions = new();
    private long _scheduled;

    /// <summary>Gets the time since the run began.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Gets the number of actions that have run.</summary>
    public long Ran { get; private set; }

    public void At(TimeSpan time, Action action) => _actions.Enqueue(action, (Math.Max(time.Ticks, Now.Ticks), _scheduled++));

    public void After(TimeSpan delay, Action action) => At(Now + delay, action);

    public void RunUntil(TimeSpan end)
    {
        while (_actions.TryPeek(out var action, out var due) && due.At <= end.Ticks)
        {
            _actions.Dequeue();
            Now = TimeSpan.FromTicks(due.At);
            Ran++;
            action();
        }

        Now = end;
    }
}
