namespace Fluxgate;

/// <summary>A clock that throws once, at the use that a test chooses.</summary>
internal sealed class FaultyTime(TimeProvider time) : TimeProvider
{
    private int _usesLeft = int.MaxValue;

    public bool HasThrown => Volatile.Read(ref _usesLeft) < 0;

    public override long TimestampFrequency => time.TimestampFrequency;

    /// <summary>Lets the clock throw after a number of uses.</summary>
    public void ThrowAfter(int uses) => Volatile.Write(ref _usesLeft, uses);

    public override long GetTimestamp() => Working().GetTimestamp();

    public override DateTimeOffset GetUtcNow() => Working().GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        Working().CreateTimer(callback, state, dueTime, period);

    private TimeProvider Working() =>
        Volatile.Read(ref _usesLeft) >= 0 && Interlocked.Decrement(ref _usesLeft) < 0
            ? throw new InvalidOperationException("no clock")
            : time;
}
