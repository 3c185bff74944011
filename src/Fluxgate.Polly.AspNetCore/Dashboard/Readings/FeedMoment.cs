namespace Fluxgate;

/// <summary>The moment of one reading of all circuits.</summary>
/// <param name="Timestamp">The moment on the monotonic clock.</param>
/// <param name="Time">The moment on the wall clock.</param>
/// <param name="Bucket">The number of the bucket of the histories.</param>
/// <param name="Frequency">The number of timestamps in each second.</param>
internal readonly record struct FeedMoment(long Timestamp, DateTimeOffset Time, long Bucket, long Frequency)
{
    /// <summary>Returns the current moment of a feed that began at a timestamp.</summary>
    public static FeedMoment Now(TimeProvider time, long origin)
    {
        var timestamp = time.GetTimestamp();
        return new(
            timestamp,
            time.GetUtcNow(),
            time.GetElapsedTime(origin, timestamp).Ticks / CircuitHistory.BucketLength.Ticks,
            time.TimestampFrequency
        );
    }

    public double SecondsSince(long timestamp) => (double)(Timestamp - timestamp) / Frequency;
}
