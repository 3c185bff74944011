namespace Fluxgate;

/// <summary>The timer of a breaker that probes without traffic. It holds the breaker weakly, so that a dropped breaker is collected and its timer ends.</summary>
internal sealed class Wakeup : IDisposable
{
    // What a timer takes at the most; whoever wakes too early sets the rest.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    private readonly ITimer _timer;

    public Wakeup(FluxgateBreaker breaker, TimeProvider timeProvider)
    {
        var wakeup = new WeakReference<FluxgateBreaker>(breaker);
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
                    if (((WeakReference<FluxgateBreaker>)state!).TryGetTarget(out var breaker))
                    {
                        breaker.Wake();
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

    public void After(TimeSpan due) =>
        // A whole millisecond more: timers cut fractions off, and waking early would only mean waking twice.
        _timer.Change(due >= Longest ? Longest : TimeSpan.FromMilliseconds(Math.Ceiling(due.TotalMilliseconds)), Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();
}
