namespace Outage;

/// <summary>
/// The clock of one circuit: it moves when its caller lets time pass. So the caller knows how long each call took, when each state was
/// entered and when each break is over, and nothing depends on how busy the machine is.
/// </summary>
internal sealed class CallersClock : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private long _ticks;

    public TimeSpan Passed => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Pass(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => _start + Passed;
}
