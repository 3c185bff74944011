namespace Fluxgate.Simulation;

/// <summary>The clock of one member: its wall clock is wrong, and its monotonic clock is a little too fast or too slow.</summary>
internal sealed class MemberClock(EventQueue queue, TimeSpan wallSkew, double drift) : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Gets the member's monotonic time.</summary>
    public TimeSpan Elapsed => queue.Now * (1 + drift);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => Start + wallSkew + Elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class VirtualTimer(MemberClock clock, Action callback) : ITimer
    {
        private long _version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Schedule(++_version, dueTime, period);
            return true;
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Schedule(long version, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return;
            }

            clock.After(
                dueTime,
                () =>
                {
                    if (_version != version)
                    {
                        return;
                    }

                    callback();
                    if (_version == version)
                    {
                        Schedule(version, period > TimeSpan.Zero ? period : Timeout.InfiniteTimeSpan, period);
                    }
                }
            );
        }
    }

    private void After(TimeSpan delay, Action action) => queue.After(delay / (1 + drift), action);
}
