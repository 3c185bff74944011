namespace Outage;

/// <summary>
/// The clock of one circuit: it advances only when its caller advances it. So the caller knows the duration of each call, the time of each
/// transition and the end of each break, and nothing depends on how busy the machine is. Timers fire on the caller's thread.
/// </summary>
internal sealed class CallerClock : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private readonly List<CallerTimer> _timers = [];
    private long _ticks;

    public TimeSpan Passed => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Advances the clock, and fires the timers that come due, each at its own time.</summary>
    public void Pass(TimeSpan time)
    {
        var end = Interlocked.Read(ref _ticks) + time.Ticks;
        while (NextDue(end) is { } timer)
        {
            Interlocked.Exchange(ref _ticks, Math.Max(Interlocked.Read(ref _ticks), timer.Due));
            timer.Fire();
        }

        Interlocked.Exchange(ref _ticks, end);
    }

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => _start + Passed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new CallerTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private CallerTimer? NextDue(long end)
    {
        lock (_timers)
        {
            return _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
        }
    }

    private sealed class CallerTimer(CallerClock clock, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._timers)
            {
                clock._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = Interlocked.Read(ref clock._ticks) + dueTime.Ticks;
                    clock._timers.Add(this);
                }
            }

            return true;
        }

        public void Fire()
        {
            // The breakers set their timers again after each time.
            Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            callback(state);
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
