namespace Fluxgate;

public sealed class TimeWindows
{
    private const long NanosecondClock = 1_000_000_000;
    private const long TickClock = TimeSpan.TicksPerSecond;
    private const long OddClock = 3_579_545;
    private const long MillisecondClock = 1000;

    public static TheoryData<long, double, int> Shapes
    {
        get
        {
            var shapes = new TheoryData<long, double, int>();
            foreach (var frequency in new[] { NanosecondClock, TickClock, OddClock, MillisecondClock })
            {
                foreach (
                    var (seconds, buckets) in new[]
                    {
                        (1.0, 10),
                        (60, 10),
                        (1, 3),
                        (10, 7),
                        (0.25, 1),
                        (7.001, 33),
                        (3600, 1000),
                        (1.999, 1000),
                    }
                )
                {
                    shapes.Add(frequency, seconds, buckets);
                }
            }

            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_time_window_sums_like_a_plain_list(long frequency, double seconds, int buckets)
    {
        var world = new TimeWindowModel(frequency, TimeSpan.FromSeconds(seconds), buckets);
        var random = new Random(buckets);
        for (var step = 0; step < 600; step++)
        {
            world.Pass(random);
            world.AssertSame();
            for (var calls = random.Next(3); calls > 0; calls--)
            {
                world.Record(random.Next(2) == 0);
                world.AssertSame();
            }
        }
    }

    [Fact]
    public void Slow_calls_never_exceed_calls_when_measured_in_the_next_bucket()
    {
        var time = new VirtualTime();
        var thresholds = new SlowThresholds([TimeSpan.FromSeconds(1)]);
        var window = new BucketWindow(new(thresholds, sumsDurations: false), new(time), TimeSpan.FromSeconds(1), 1);
        window.Ledger.TryCount(Ledger.Successes);
        time.Advance(TimeSpan.FromSeconds(1));
        window.Advance(window.Now());
        window.Ledger.AddDuration(2 * TimeSpan.TicksPerSecond, reached: 1);

        Assert.Equal((0, 0), (window.Read().Requests, window.Read().Slow(0)));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_time_window_covers_its_duration_to_within_one_bucket(long frequency, double seconds, int buckets)
    {
        var world = new TimeWindowModel(frequency, TimeSpan.FromSeconds(seconds), buckets);
        var random = new Random(buckets + 1);
        for (var step = 0; step < 600; step++)
        {
            world.Pass(random);
            world.Record(random.Next(2) == 0);
            world.AssertCoversBetweenAllButOneBucketAndTheWhole();
        }
    }

    [Fact]
    public void A_call_leaves_at_the_instant_its_bucket_expires()
    {
        var time = new VirtualTime();
        var state = Window.Time(TimeSpan.FromSeconds(10), buckets: 10).Start(new(BreakerState.Closed, time));
        time.Advance(TimeSpan.FromSeconds(0.7));
        state.Record(Calls.Failed());

        time.Advance(TimeSpan.FromSeconds(9.3) - TimeSpan.FromTicks(1));
        Assert.Equal(1, state.Read().Requests);

        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(0, state.Read().Requests);
    }

    [Fact]
    public void Buckets_start_with_the_phase_and_not_with_the_clock()
    {
        var time = new VirtualTime();
        time.Advance(TimeSpan.FromSeconds(0.123));
        var state = Window.Time(TimeSpan.FromSeconds(10), buckets: 10).Start(new(BreakerState.Closed, time));
        state.Record(Calls.Failed());

        time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Equal(1, state.Read().Requests);

        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(0, state.Read().Requests);
    }

    [Fact]
    public void An_idle_hour_empties_the_window_without_a_call()
    {
        var time = new VirtualTime();
        var state = Window.Time(TimeSpan.FromSeconds(60)).Start(new(BreakerState.Closed, time));
        for (var i = 0; i < 50; i++)
        {
            state.Record(Calls.Failed());
        }

        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(default, state.Read());

        state.Record(Calls.Succeeded());
        Assert.Equal(Calls.Many(1, 0), state.Read());
    }

    [Theory]
    [InlineData(-24)]
    [InlineData(24)]
    public void A_wall_clock_jump_does_not_change_the_window(int hours)
    {
        var time = new VirtualTime();
        var state = Window.Time(TimeSpan.FromSeconds(10)).Start(new(BreakerState.Closed, time));
        state.Record(Calls.Failed());

        time.JumpWallClock(TimeSpan.FromHours(hours));

        Assert.Equal(1, state.Read().Requests);
    }

    [Fact]
    public void Nothing_expires_while_half_open()
    {
        var time = new VirtualTime();
        var state = Window.Time(TimeSpan.FromSeconds(1)).Start(new(BreakerState.HalfOpen, time));
        state.Record(Calls.Failed(TimeSpan.FromSeconds(2)));

        time.Advance(TimeSpan.FromDays(1));
        state.Record(Calls.Succeeded());

        Assert.Equal(Calls.Many(2, 1, TimeSpan.FromSeconds(2)), state.Read());
    }

    [Theory]
    [InlineData(NanosecondClock)]
    [InlineData(TickClock)]
    public void The_longest_window_expires_nothing_in_a_century(long frequency)
    {
        var time = new VirtualTime(frequency);
        var state = Window.Time(TimeSpan.MaxValue).Start(new(BreakerState.Closed, time));
        state.Record(Calls.Failed());

        time.Advance(TimeSpan.FromDays(36_500));
        state.Record(Calls.Failed());

        Assert.Equal(2, state.Read().Failures);
    }

    [Fact]
    public void A_time_window_has_no_capacity() => Assert.Null(Window.Time(TimeSpan.FromSeconds(1)).Capacity);
}
