namespace Fluxgate;

/// <summary>The different slow-call thresholds of the leaves of one rule, in ascending order.</summary>
internal sealed class SlowThresholds
{
    public static readonly SlowThresholds None = new([]);

    private readonly TimeSpan[] _thresholds;

    public SlowThresholds(IEnumerable<TimeSpan> thresholds) => _thresholds = [.. thresholds.Distinct().Order()];

    public int Count => _thresholds.Length;

    /// <summary>Gets the shortest threshold; <see cref="TimeSpan.MaxValue"/> if there is none.</summary>
    public TimeSpan Shortest => _thresholds.Length > 0 ? _thresholds[0] : TimeSpan.MaxValue;

    public TimeSpan this[int index] => _thresholds[index];

    public bool IsEquivalentTo(SlowThresholds other) => _thresholds.AsSpan().SequenceEqual(other._thresholds);

    public int IndexOf(TimeSpan threshold) => Array.BinarySearch(_thresholds, threshold);

    /// <summary>Returns how many thresholds a call reaches. A call reaches a threshold if it took at least that long.</summary>
    public int Reached(long durationTicks)
    {
        var reached = 0;
        while (reached < _thresholds.Length && durationTicks >= _thresholds[reached].Ticks)
        {
            reached++;
        }

        return reached;
    }

    /// <summary>Returns the counts of one call.</summary>
    public CallCounts Call(bool failed, long durationTicks)
    {
        var slow = default(CallCounts.SlowCounts);
        for (var i = Reached(durationTicks) - 1; i >= 0; i--)
        {
            slow[i] = 1;
        }

        return new(1, failed ? 1 : 0, durationTicks, slow);
    }
}
