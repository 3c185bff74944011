namespace Fluxgate;

public sealed class CallDurations
{
    private static readonly DurationBuckets Buckets = new(0.1, 1, 10);

    [Fact]
    public void A_call_counts_in_the_first_bucket_whose_bound_it_does_not_exceed()
    {
        var world = Measured();

        world.Take(TimeSpan.FromMilliseconds(100));
        world.Take(TimeSpan.FromMilliseconds(100) + TimeSpan.FromTicks(1));
        world.Take(TimeSpan.FromSeconds(1), Verdict.Failure);
        world.Take(TimeSpan.FromSeconds(11));

        var (state, durations) = Assert.Single(world.Now.Durations(Buckets));
        Assert.Equal(BreakerState.Closed, state);
        Assert.Equal([1, 2, 0, 1], durations.Counts);
        Assert.Equal(4, durations.Count);
        Assert.Equal(TimeSpan.FromSeconds(12.2) + TimeSpan.FromTicks(1), durations.Sum);
    }

    [Fact]
    public void Every_settled_call_is_recorded_whatever_its_verdict()
    {
        var world = Measured();

        world.Succeed(3);
        world.Fail(2);
        world.Ignore(4);

        Assert.Equal(world.Now.Requests, Total(world));
        Assert.Equal(9, Total(world));
    }

    [Fact]
    public void A_call_is_recorded_under_the_state_that_admitted_it()
    {
        var world = Measured(
            new()
            {
                Tripper = Tripper.FailureStreak(2),
                Recovery = Recovery.AfterProbes(1),
                Permit = Permit.All,
            }
        );
        var slow = world.Begin();
        world.Fail(2);
        world.Wait(60);
        world.Take(TimeSpan.FromSeconds(2));
        world.Breaker.MetricsOnly();
        world.Take(TimeSpan.FromSeconds(3));
        slow.Settle(Verdict.Success);

        var sums = world
            .Now.Durations(Buckets)
            .ToDictionary(one => one.State, one => (one.Durations.Count, one.Durations.Sum.TotalSeconds));

        // The first call is stale: it settles 65 s after the closed circuit admitted it.
        Assert.Equal((3, 65), sums[BreakerState.Closed]);
        Assert.Equal((1, 2), sums[BreakerState.HalfOpen]);
        Assert.Equal((1, 3), sums[BreakerState.MetricsOnly]);
        Assert.Equal(3, sums.Count);
    }

    [Fact]
    public void A_probe_with_an_expired_lease_is_recorded_once_with_its_lease()
    {
        var world = Measured(
            new()
            {
                InitialState = BreakerState.HalfOpen,
                ProbeLease = TimeSpan.FromSeconds(5),
                Permit = Permit.All,
            }
        );
        var late = world.Begin();
        world.Wait(8);
        world.Begin().Settle(Verdict.Success, TimeSpan.Zero);
        late.Settle(Verdict.Success);

        var (state, durations) = Assert.Single(world.Now.Durations(Buckets));

        Assert.Equal(BreakerState.HalfOpen, state);
        Assert.Equal([1, 0, 1, 0], durations.Counts);
        Assert.Equal(5, durations.Sum.TotalSeconds);
        Assert.Equal(1, world.Now.Stale);
    }

    [Fact]
    public void A_given_duration_is_recorded_as_given()
    {
        var world = Measured();

        world.Begin().Settle(Verdict.Success, TimeSpan.FromSeconds(7));

        Assert.Equal([0, 0, 1, 0], Assert.Single(world.Now.Durations(Buckets)).Durations.Counts);
    }

    [Fact]
    public void Disabled_circuits_and_rejections_record_no_durations()
    {
        var world = Measured();
        world.Breaker.Disable();
        world.Succeed(3);
        world.Breaker.ForceOpen();
        world.Rejects(3);

        Assert.Empty(world.Now.Durations(Buckets));
    }

    [Fact]
    public void Without_a_listener_to_durations_no_clock_is_read()
    {
        var world = new World(new() { AbandonedAfter = Timeout.InfiniteTimeSpan });
        world.Succeed();
        var reads = world.Time.TimestampReads;

        world.Succeed(10);
        world.Fail(10);

        Assert.Equal(reads, world.Time.TimestampReads);
        Assert.Empty(world.Now.Durations());
    }

    [Fact]
    public void A_histogram_reads_the_clock_twice_a_call_even_with_a_slow_rule()
    {
        var plain = Measured();
        var slow = Measured(new() { Tripper = Tripper.SlowRate(0.5, TimeSpan.FromSeconds(1)) });

        Assert.Equal(20, ReadsOfTenCalls(plain));
        Assert.Equal(20, ReadsOfTenCalls(slow));

        static long ReadsOfTenCalls(World world)
        {
            // The first call may set the timer for overdue calls.
            world.Succeed();
            var before = world.Time.TimestampReads;
            world.Succeed(10);
            return world.Time.TimestampReads - before;
        }
    }

    [Fact]
    public void Two_listeners_with_different_buckets_each_get_their_own()
    {
        var other = new DurationBuckets(2);
        var world = new World(
            new() { Listeners = { new DurationListener(Buckets), new DurationListener(other), new DurationListener(new(0.1, 1, 10)) } }
        );

        world.Take(TimeSpan.FromSeconds(2));

        Assert.Equal([0, 0, 1, 0], Assert.Single(world.Now.Durations(Buckets)).Durations.Counts);
        Assert.Equal([1, 0], Assert.Single(world.Now.Durations(other)).Durations.Counts);
        Assert.Empty(world.Now.Durations());
    }

    [Fact]
    public void A_listener_whose_buckets_throw_gets_none_and_is_counted()
    {
        var world = new World(new() { Listeners = { new ThrowingBuckets() } });
        world.Succeed();

        Assert.Equal(1, world.Now.UserErrors(UserErrorSource.Listener));
        Assert.Equal(1, world.Now.Successes);
    }

    [Fact]
    public void Histograms_survive_Reconfigure_and_Reset()
    {
        var world = Measured();
        world.Succeed();
        world.Breaker.Reconfigure(new() { Tripper = Tripper.SlowRate(1, TimeSpan.FromSeconds(1)) });
        world.Succeed();
        world.Breaker.Reset();
        world.Succeed();

        Assert.Equal(3, Total(world));
    }

    [Fact]
    public async Task Concurrent_calls_are_all_recorded()
    {
        var breaker = new FluxgateBreaker("payments", new() { Listeners = { new DurationListener(Buckets) } });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Calls(breaker))));

        var (_, durations) = Assert.Single(breaker.Snapshot().Durations(Buckets));
        Assert.Equal([100_000, 100_000, 0, 0], durations.Counts);
        Assert.Equal(TimeSpan.FromSeconds(100_000), durations.Sum);
        Assert.Equal(200_000, breaker.Snapshot().Successes);

        static void Calls(FluxgateBreaker breaker)
        {
            for (var i = 0; i < 50_000; i++)
            {
                breaker.Admit().Settle(Verdict.Success, TimeSpan.FromSeconds(i % 2));
            }
        }
    }

    private static World Measured(FluxgateBreakerSettings? settings = null)
    {
        settings ??= new();
        settings.Listeners.Add(new DurationListener(Buckets));
        return new(settings);
    }

    private static long Total(World world) => world.Now.Durations(Buckets).Sum(one => one.Durations.Count);

    private sealed class DurationListener(DurationBuckets buckets) : ICircuitListener
    {
        public DurationBuckets DurationBuckets => buckets;

        public void OnSignal(Signal signal) { }
    }

    private sealed class ThrowingBuckets : ICircuitListener
    {
        public DurationBuckets DurationBuckets => throw new NotSupportedException();

        public void OnSignal(Signal signal) { }
    }
}
