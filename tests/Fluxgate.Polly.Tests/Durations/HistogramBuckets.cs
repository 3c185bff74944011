namespace Fluxgate;

public sealed class HistogramBuckets
{
    public static TheoryData<double[], string> Refused =>
        new()
        {
            { [], "1 to 100 bounds, but has 0" },
            { [.. Enumerable.Range(1, 101).Select(i => (double)i)], "1 to 100 bounds, but has 101" },
            { [0], "of at least 100 ns, but is 0." },
            { [-1], "of at least 100 ns, but is -1." },
            { [double.NaN], "but is NaN." },
            { [double.PositiveInfinity], "but is Infinity." },
            { [1e-9], "but is 1E-09." },
            { [1, 1], "must be in ascending order, but 1 follows 1." },
            { [2, 1], "must be in ascending order, but 1 follows 2." },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Invalid_bounds_throw(double[] seconds, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => new DurationBuckets(seconds));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Buckets_of_equal_bounds_are_equal()
    {
        Assert.Equal(new DurationBuckets(0.1, 2), new DurationBuckets(0.1, 2));
        Assert.Equal(new DurationBuckets(0.1, 2).GetHashCode(), new DurationBuckets(0.1, 2).GetHashCode());
        Assert.NotEqual(new DurationBuckets(0.1, 2), new DurationBuckets(0.1, 3));
        Assert.Equal("0.1, 2", new DurationBuckets(0.1, 2).ToString());
    }

    [Fact]
    public void A_recorder_counts_durations_and_throws_for_negative_ones()
    {
        var recorder = new DurationRecorder(new(1, 2));
        recorder.Record(TimeSpan.Zero);
        recorder.Record(TimeSpan.FromSeconds(2));
        recorder.Record(TimeSpan.MaxValue);

        Assert.Equal([1, 1, 1], recorder.Read().Counts);
        Assert.Equal(TimeSpan.FromDays(10) + TimeSpan.FromSeconds(2), recorder.Read().Sum);
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.Record(TimeSpan.FromTicks(-1)));
        Assert.Equal(DurationBuckets.Default, new DurationRecorder().Buckets);
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        var recorder = new DurationRecorder();
        recorder.Record(TimeSpan.FromSeconds(1));
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            recorder.Record(TimeSpan.FromMilliseconds(i));
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
