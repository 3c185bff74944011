namespace Fluxgate.Worlds;

/// <summary>A clock that advances only when a world advances it, with timers that fire only when a world fires them.</summary>
/// <remarks>
/// Like the system's timers, these reject due times that are negative or longer than 49 days. A callback runs on the thread of
/// <see cref="FireDue"/>, which replaces the thread of the timer.
/// </remarks>
internal sealed class ManualClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<ManualTimer> _timers = [];
    private long _ticks = TimeSpan.TicksPerHour;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Gets the number of timers that are not disposed.</summary>
    public int Timers => _timers.Count(timer => !timer.IsDisposed);

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(Volatile.Read(ref _ticks));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    /// <summary>Runs the callbacks of the timers that are due, until none is.</summary>
    public void FireDue()
    {
        while (_timers.Find(timer => timer.IsDue(_ticks)) is { } due)
        {
            due.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        _timers.Add(timer);
        return timer;
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1d);

        private long? _due;
        private TimeSpan _period;

        public bool IsDisposed { get; private set; }

        public bool IsDue(long now) => !IsDisposed && _due <= now;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Require(dueTime, nameof(dueTime));
            Require(period, nameof(period));
            if (IsDisposed)
            {
                return false;
            }

            (_due, _period) = (dueTime == Timeout.InfiniteTimeSpan ? null : clock._ticks + dueTime.Ticks, period);
            return true;
        }

        public void Fire()
        {
            _due = _period > TimeSpan.Zero ? clock._ticks + _period.Ticks : null;
            callback(state);
        }

        public void Dispose() => IsDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private static void Require(TimeSpan time, string parameter)
        {
            if (time != Timeout.InfiniteTimeSpan && (time < TimeSpan.Zero || time > Longest))
            {
                throw new ArgumentOutOfRangeException(parameter, time, $"{parameter} must be 0 to 49 days, or infinite, but is {time}.");
            }
        }
    }
}
