namespace Fluxgate;

/// <summary>A virtual clock whose readings and timers throw on request.</summary>
internal sealed class FaultyTimers : TimeProvider
{
    public VirtualTime Inner { get; } = new();

    public bool ReadingFails { get; set; }

    public bool CreationFails { get; set; }

    public bool DisposalFails { get; set; }

    public bool ChangeFails { get; set; }

    public override long TimestampFrequency =>
        ReadingFails ? throw new InvalidOperationException("no frequency") : Inner.TimestampFrequency;

    public override long GetTimestamp() => Inner.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => Inner.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        CreationFails
            ? throw new InvalidOperationException("no timer")
            : new FaultyTimer(this, Inner.CreateTimer(callback, state, dueTime, period));

    private sealed class FaultyTimer(FaultyTimers owner, ITimer inner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) =>
            owner.ChangeFails ? throw new InvalidOperationException("no change") : inner.Change(dueTime, period);

        public void Dispose()
        {
            inner.Dispose();
            if (owner.DisposalFails)
            {
                throw new InvalidOperationException("disposal fails");
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
