namespace Fluxgate;

/// <summary>How long things took, counted in buckets, at one moment. Immutable.</summary>
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

    /// <summary>The bounds of the buckets.</summary>
    public DurationBuckets Buckets { get; }

    /// <summary>How many fell into each bucket alone, not into those below; one more than there are bounds.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <summary>How many there were.</summary>
    public long Count { get; }

    /// <summary>All durations together.</summary>
    public TimeSpan Sum { get; }

    /// <summary>Both together.</summary>
    internal DurationHistogram Plus(DurationHistogram other) =>
        new(Buckets, [.. _counts.Zip(other._counts, (one, two) => one + two)], Sum + other.Sum);
}
