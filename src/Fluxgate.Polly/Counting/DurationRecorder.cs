namespace Fluxgate;

/// <summary>Counts durations in buckets. Thread-safe; recording takes no lock and allocates nothing.</summary>
/// <remarks>A breaker records its calls if a listener requires durations. For a custom histogram see <see cref="MetricFamily.Histogram(string, string, DurationRecorder)"/>.</remarks>
public sealed class DurationRecorder
{
    // The counters: the sum of ticks, then the buckets.
    private const int Sum = 0;
    private const int FirstBucket = 1;

    private readonly StripedCounters _counters;

    /// <summary>Creates an empty recorder.</summary>
    /// <param name="buckets">The buckets; by default, <see cref="DurationBuckets.Default"/>.</param>
    public DurationRecorder(DurationBuckets? buckets = null)
    {
        Buckets = buckets ?? DurationBuckets.Default;
        _counters = new(FirstBucket + Buckets.Seconds.Count + 1);
    }

    /// <summary>Gets the buckets.</summary>
    public DurationBuckets Buckets { get; }

    /// <summary>Records a duration.</summary>
    /// <param name="duration">The duration, at least zero. More than 10 days count as 10 days.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative.</exception>
    public void Record(TimeSpan duration)
    {
        Record(Math.Min(Require.NotNegative(duration).Ticks, Clock.LongestTicks));
    }

    /// <summary>Returns a snapshot of the durations so far.</summary>
    /// <returns>The histogram.</returns>
    public DurationHistogram Read()
    {
        var counts = new long[Buckets.Seconds.Count + 1];
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            counts[bucket] = _counters.Sum(FirstBucket + bucket);
        }

        return new(Buckets, counts, TimeSpan.FromTicks(_counters.Sum(Sum)));
    }

    internal void Record(long ticks)
    {
        _counters.TryAdd(Sum, ticks);
        _counters.TryCount(FirstBucket + Buckets.IndexOf(ticks));
    }
}
