using System.Collections.Concurrent;

namespace Fluxgate;

/// <summary>A clock on which waits up to a limit complete at once and longer ones never complete.</summary>
internal sealed class JumpingTime(TimeSpan limit) : TimeProvider
{
    private long _ticks = TimeSpan.TicksPerHour;

    /// <summary>The waits that completed.</summary>
    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new JumpingTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class JumpingTimer(JumpingTime time, TimerCallback callback, object? state) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime >= TimeSpan.Zero && dueTime <= time.WaitsUpTo)
            {
                time.Waits.Enqueue(dueTime);
                Interlocked.Add(ref time._ticks, dueTime.Ticks);
                ThreadPool.QueueUserWorkItem(_ => callback(state));
            }

            return true;
        }

        public void Dispose() { }

        public ValueTask DisposeAsync() => default;
    }

    private TimeSpan WaitsUpTo => limit;
}
