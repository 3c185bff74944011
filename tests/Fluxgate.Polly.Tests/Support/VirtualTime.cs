namespace Fluxgate;

/// <summary>A clock that moves only on request, with timers that fire while it moves. The wall clock can jump independently.</summary>
internal sealed class VirtualTime(long frequency = TimeSpan.TicksPerSecond) : TimeProvider
{
    private const int MostFiredAtOnce = 10_000;

    private readonly List<VirtualTimer> _timers = [];
    private long _ticks = TimeSpan.TicksPerHour;
    private TimeSpan _wallOffset = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).Ticks is var start
        ? TimeSpan.FromTicks(start)
        : default;

    public override long TimestampFrequency => frequency;

    /// <summary>Gets how often a timestamp was read: rules that need no clock must not read it.</summary>
    public long TimestampReads { get; private set; }

    /// <summary>Gets the number of timers that are set and not disposed.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_timers)
            {
                return _timers.Count;
            }
        }
    }

    /// <summary>Gets how often a timer fired.</summary>
    public int TimersFired { get; private set; }

    /// <summary>Runs once, before the next timestamp is read: it stands for another thread at that moment.</summary>
    public Action? BeforeNextRead { get; set; }

    public override long GetTimestamp()
    {
        TimestampReads++;
        if (BeforeNextRead is { } action)
        {
            BeforeNextRead = null;
            action();
        }

        return (long)((Int128)Volatile.Read(ref _ticks) * frequency / TimeSpan.TicksPerSecond);
    }

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks) + _wallOffset.Ticks, TimeSpan.Zero);

    /// <summary>Advances both clocks, and fires the timers that come due, each at its own time.</summary>
    public void Advance(TimeSpan by)
    {
        var target = _ticks + by.Ticks;
        var fired = 0;
        while (NextDue(target) is { } timer)
        {
            Assert.True(timer.Due > _ticks || fired++ < MostFiredAtOnce, "A timer sets itself to this moment again and again.");
            Volatile.Write(ref _ticks, Math.Max(_ticks, timer.Due));
            TimersFired++;
            timer.Fire();
        }

        Volatile.Write(ref _ticks, target);
    }

    /// <summary>Advances the monotonic clock as if the process had slept: due timers have not fired yet.</summary>
    public void JumpMonotonicClock(TimeSpan by) => Volatile.Write(ref _ticks, _ticks + by.Ticks);

    /// <summary>Moves the wall clock forward or back and does not change the monotonic one.</summary>
    public void JumpWallClock(TimeSpan by) => _wallOffset += by;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private VirtualTimer? NextDue(long target)
    {
        lock (_timers)
        {
            return _timers.Where(timer => timer.Due <= target).MinBy(timer => timer.Due);
        }
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;
        private bool _disposed;

        public long Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            // Real timers have the same limits: at most 49 days, and -1 ms means never.
            ArgumentOutOfRangeException.ThrowIfGreaterThan(dueTime.TotalMilliseconds, uint.MaxValue - 1d);
            ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
            lock (time._timers)
            {
                if (_disposed)
                {
                    return false;
                }

                time._timers.Remove(this);
                if (_disposed)
                {
                    return false;
                }

                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = time._ticks + dueTime.Ticks;
                    time._timers.Add(this);
                }
            }

            return true;
        }

        public void Fire()
        {
            Change(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan, _period);
            callback(state);
        }

        public void Dispose()
        {
            Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _disposed = true;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
