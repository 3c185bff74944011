namespace Fluxgate;

/// <summary>
/// The epochs by which calls in flight are counted: twelfths of the shortest slow threshold, of 100 µs at least. Immutable. Breakers with the
/// same rules and clock share it.
/// </summary>
internal sealed class Epochs
{
    private const int PerThreshold = 12;

    // A call reads the clock, opens the epoch and reads the clock again. The epoch must last longer than that, or the call is never admitted.
    private static readonly TimeSpan Shortest = TimeSpan.FromMicroseconds(100);

    private readonly long[] _untilOverdue;

    public Epochs(SlowThresholds thresholds, Clock clock)
    {
        (Thresholds, Frequency) = (thresholds, clock.Frequency);

        // At least 2, so that the reciprocal fits in 64 bits.
        Length = Math.Max(2, Math.Max(clock.Units(Shortest), ((clock.Units(thresholds.Shortest) - 1) / PerThreshold) + 1));
        Reciprocal = (ulong.MaxValue / (ulong)Length) + 1;
        _untilOverdue = new long[thresholds.Count];
        for (var i = 0; i < _untilOverdue.Length; i++)
        {
            _untilOverdue[i] = ((clock.Units(thresholds[i]) - 1) / Length) + 2;
        }
    }

    public SlowThresholds Thresholds { get; }

    /// <summary>Gets the frequency of the clock.</summary>
    public long Frequency { get; }

    /// <summary>Gets the length of an epoch in units of the clock.</summary>
    public long Length { get; }

    /// <summary>Gets 2^64 divided by the length of an epoch: a multiplication by it takes a fifth of the time of a division.</summary>
    public ulong Reciprocal { get; }

    /// <summary>Returns after how many epochs all calls of an epoch have reached a threshold.</summary>
    public long UntilOverdue(int threshold) => _untilOverdue[threshold];
}
