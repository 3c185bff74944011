namespace Fluxgate;

/// <summary>A thread reads the clock and then the window; in between, other threads may have rotated the buckets.</summary>
public sealed class BucketReads
{
    private static readonly TimeSpan Bucket = TimeSpan.FromSeconds(1);

    private readonly VirtualTime _time = new();
    private readonly Clock _clock;
    private readonly BucketWindow _window;

    public BucketReads()
    {
        _clock = new(_time);
        _window = new(new Ledger(SlowThresholds.None, sumsDurations: false), _clock, 3 * Bucket, buckets: 3);
    }

    [Fact]
    public void A_timestamp_older_than_the_buckets_reads_all_that_they_contain()
    {
        var before = _clock.Now;
        RecordFailures(1, 2, 4);

        Assert.Equal(Calls.Many(7, 7), _window.Read(before, out _));
        Assert.Equal(Calls.Many(7, 7), _window.Read(before + _clock.Units(Bucket), out _));
    }

    [Fact]
    public void A_timestamp_older_than_the_buckets_restores_no_expired_calls()
    {
        var before = _clock.Now;
        RecordFailures(1, 2, 4, 8);

        Assert.Equal(Calls.Many(14, 14), _window.Read(before, out _));
    }

    [Theory]
    [InlineData(0, 7)]
    [InlineData(1, 6)]
    [InlineData(2, 4)]
    [InlineData(3, 0)]
    [InlineData(4, 0)]
    [InlineData(1_000_000_000, 0)]
    public void Expired_buckets_are_excluded_before_they_rotate(long buckets, long failures)
    {
        RecordFailures(1, 2, 4);
        var later = _clock.Now + (buckets * _clock.Units(Bucket));

        Assert.Equal(Calls.Many(failures, failures), _window.Read(later, out var place));
        Assert.Equal(7, place);
    }

    [Fact]
    public void A_bucket_expires_at_its_end_and_not_before()
    {
        RecordFailures(1, 2, 4);
        var end = _clock.Now + _clock.Units(Bucket);

        Assert.Equal((7, 6), (_window.Read(end - 1, out _).Failures, _window.Read(end, out _).Failures));
    }

    /// <summary>Records that many failures at the start of each bucket; the clock stays at the start of the last.</summary>
    private void RecordFailures(params ReadOnlySpan<int> failuresOfBuckets)
    {
        for (var bucket = 0; bucket < failuresOfBuckets.Length; bucket++)
        {
            _time.Advance(bucket == 0 ? TimeSpan.Zero : Bucket);
            for (var i = 0; i < failuresOfBuckets[bucket]; i++)
            {
                _window.Record(Calls.Failed());
            }
        }
    }
}
