namespace Fluxgate;

/// <summary>A snapshot of durations that were counted in buckets. Immutable.</summary>
public sealed class DurationHistogram
{
    private readonly long[] _counts;

    internal DurationHistogram(DurationBuckets buckets, long[] counts, TimeSpan sum)
    {
        Buckets = buckets;
        _counts = counts;
        Sum = sum;
        Count = counts.Sum();
    }

    /// <summary>Gets the bounds of the buckets.</summary>
    public DurationBuckets Buckets { get; }

    /// <summary>Gets the number of durations in each bucket, not cumulative. There is one bucket more than there are bounds.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <summary>Gets the number of durations.</summary>
    public long Count { get; }

    /// <summary>Gets the sum of all durations.</summary>
    public TimeSpan Sum { get; }

    /// <summary>Returns the sum of two histograms with the same buckets.</summary>
    internal DurationHistogram Plus(DurationHistogram other) =>
        new(Buckets, [.. _counts.Zip(other._counts, (one, two) => one + two)], Sum + other.Sum);
}
