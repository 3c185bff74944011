namespace Outage;

/// <summary>
/// The clock of one circuit: it advances only when its caller advances it. So the caller knows the duration of each call, the time of each
/// transition and the end of each break, and nothing depends on how busy the machine is.
/// </summary>
internal sealed class CallerClock : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private long _ticks;

    public TimeSpan Passed => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Pass(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => _start + Passed;
}
