namespace Fluxgate;

/// <summary>Checks that calls which do not return trip a slow-call rule, and that nothing is counted twice.</summary>
public sealed class OverdueCalls
{
    private static readonly TimeSpan Threshold = TimeSpan.FromSeconds(1);
    private static readonly Tripper TwentyCalls = Tripper.MinRequests(20) & Tripper.SlowRate(0.3, Threshold);

    public static TheoryData<string> Thresholds => new("10ms", "100ms", "999ms", "1s", "2.5s", "1m", "1h");

    [Fact]
    public void Calls_that_hang_open_the_circuit_without_a_further_call()
    {
        var world = With(TwentyCalls);
        world.Ask(20);

        world.Time.Advance(Threshold * 0.99);
        Assert.Equal(BreakerState.Closed, world.State);

        world.Time.Advance(Threshold * 0.26);
        Assert.Equal(
            "MinRequests 20 >= 20 & SlowRate 100% >= 30% (20 of 20, 20 in flight, took 1s or longer)",
            Assert.Single(world.Signals).Reason.Text
        );
    }

    [Fact]
    public void A_second_overdue_call_opens_before_the_longer_threshold()
    {
        var world = With(
            Tripper.SlowRate(1, Threshold / 10) & Tripper.MinRequests(2) | Tripper.SlowRate(1, Threshold * 10) & Tripper.MinRequests(9)
        );
        world.Ask(1);
        world.Time.Advance(Threshold);
        Assert.Equal(BreakerState.Closed, world.State);
        world.Ask(1);

        world.Time.Advance(Threshold / 10 * 1.25);

        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void The_next_admission_evaluates_and_is_rejected()
    {
        var world = With(TwentyCalls);
        world.Ask(20);
        world.Time.JumpMonotonicClock(Threshold * 1.1);

        world.Rejects();
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Theory]
    [MemberData(nameof(Thresholds))]
    public void A_call_is_overdue_after_its_threshold_and_before_1_25_times_of_it(string text)
    {
        var tripper = Tripper.Parse($"SlowRate(100%, {text})");
        var threshold = tripper.SlowThreshold!.Value;
        for (var offset = 0; offset < 40; offset++)
        {
            var world = With(tripper);
            world.Time.Advance(threshold * (offset / 40.0));
            world.Begin();

            world.Time.Advance(threshold - TimeSpan.FromTicks(1));
            Assert.Equal((BreakerState.Closed, 0), (world.State, world.Now.SlowCalls[0].Overdue));

            world.Time.Advance((threshold * 0.25) + TimeSpan.FromTicks(1));
            Assert.Equal((BreakerState.Open, 1), (world.State, world.Now.SlowCalls[0].Overdue));
        }
    }

    [Fact]
    public void A_hanging_call_is_counted_after_a_whole_window_has_expired()
    {
        var world = With(Tripper.MinRequests(2) & Tripper.SlowRate(0.5, Threshold), Window.Time(TimeSpan.FromSeconds(2)));
        world.Begin();
        world.Wait(60);
        Assert.Equal(BreakerState.Closed, world.State);

        // The first admission of an epoch evaluates; a success only where the rule lacks nothing but a minimum.
        Assert.NotNull(world.Begin().Settle(Verdict.Success));
        Assert.Equal("MinRequests 2 >= 2 & SlowRate 50% >= 50% (1 of 2, 1 in flight, took 1s or longer)", world.Signals[0].Reason.Text);
    }

    [Fact]
    public void A_success_that_meets_the_minimum_trips_beside_an_overdue_call()
    {
        var world = With(Tripper.MinRequests(5) & Tripper.SlowRate(0.2, Threshold));
        world.Begin();
        world.Wait(1.25);
        world.Succeed(3);
        Assert.Equal(BreakerState.Closed, world.State);

        world.Succeed();
        Assert.Equal("MinRequests 5 >= 5 & SlowRate 20% >= 20% (1 of 5, 1 in flight, took 1s or longer)", world.Signals[0].Reason.Text);
    }

    [Fact]
    public void An_overdue_call_is_recorded_once_when_it_settles()
    {
        var world = With(Tripper.MinRequests(3) & Tripper.SlowRate(0.7, Threshold));
        var calls = world.Ask(2);
        world.Wait(2);
        Assert.Equal((0, 0, 2), (world.Now.WindowRequests, world.Now.SlowCalls[0].Total, world.Now.SlowCalls[0].Overdue));

        Assert.Null(calls[0].Settle(Verdict.Success));
        Assert.Equal((1, 1, 1), (world.Now.WindowRequests, world.Now.SlowCalls[0].Total, world.Now.SlowCalls[0].Overdue));
        Assert.Null(calls[1].Settle(Verdict.Success));
        Assert.Equal((2, 2, 0), (world.Now.WindowRequests, world.Now.SlowCalls[0].Total, world.Now.SlowCalls[0].Overdue));
    }

    [Fact]
    public void An_ignored_overdue_call_leaves_nothing()
    {
        var world = With(Tripper.MinRequests(2) & Tripper.SlowRate(0.3, Threshold));
        var call = world.Begin();
        world.Wait(2);
        call.Settle(Verdict.Ignored);
        world.Succeed(10);

        Assert.Equal(BreakerState.Closed, world.State);
        Assert.Equal((0, null), (world.Now.SlowCalls[0].Overdue, world.Now.OldestInFlight));
    }

    [Fact]
    public void An_overdue_call_does_not_make_a_failure_rate_fire_at_1_of_1()
    {
        var world = With(
            (Tripper.MinRequests(2) & Tripper.FailureRate(0.6)) | (Tripper.MinRequests(10) & Tripper.SlowRate(0.9, Threshold))
        );
        world.Ask(5);
        world.Wait(2);
        world.Fail();

        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void In_a_count_window_overdue_calls_displace_the_oldest_ones()
    {
        var world = With(Tripper.SlowRate(0.4, Threshold), Window.Count(10));
        world.Succeed(10);
        world.Ask(4);
        world.Wait(1.25);

        Assert.Equal("SlowRate 40% >= 40% (4 of 10, 4 in flight, took 1s or longer)", Assert.Single(world.Signals).Reason.Text);
    }

    [Fact]
    public void Displaced_slow_calls_no_longer_count()
    {
        var world = With(Tripper.SlowRate(0.5, Threshold), Window.Count(10));
        var slow = world.Ask(4);
        world.Succeed(6);
        foreach (var call in slow)
        {
            call.Settle(Verdict.Success, Threshold);
        }

        // The two calls that hang displace two of the four slow ones: 4 of 10, not 6 of 12.
        world.Succeed(6);
        world.Ask(2);
        world.Wait(1.25);
        Assert.Equal(BreakerState.Closed, world.State);
        Assert.Equal((0.4, 2), (world.Now.SlowCalls[0].Rate, world.Now.SlowCalls[0].Overdue));
    }

    [Fact]
    public void More_overdue_calls_than_the_window_holds_fill_it()
    {
        var world = With(Tripper.MinRequests(10) & Tripper.SlowRate(1, Threshold), Window.Count(10));
        world.Succeed(10);
        world.Ask(200);
        world.Wait(1.25);

        Assert.Equal(
            "MinRequests 10 >= 10 & SlowRate 100% >= 100% (10 of 10, 10 in flight, took 1s or longer)",
            Assert.Single(world.Signals).Reason.Text
        );
    }

    [Fact]
    public void Each_threshold_has_its_own_overdue_calls()
    {
        var world = With(Tripper.MinRequests(5) & (Tripper.SlowRate(0.9, Threshold) | Tripper.SlowRate(0.5, 3 * Threshold)));
        world.Ask(2);
        world.Wait(2);
        var younger = world.Ask(2);
        world.Wait(1.5);

        Assert.Equal([4, 2], world.Now.SlowCalls.Select(slow => slow.Overdue));
        younger[0].Settle(Verdict.Success);
        Assert.Equal([3, 2], world.Now.SlowCalls.Select(slow => slow.Overdue));
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void A_mean_counts_an_overdue_call_with_its_threshold()
    {
        var world = With(Tripper.MinRequests(2) & Tripper.SlowRate(0.1, Threshold) & Tripper.AvgLatency(Threshold / 2));
        world.Begin().Settle(Verdict.Success, TimeSpan.Zero);
        world.Begin();
        world.Wait(1.25);

        Assert.Equal(
            "MinRequests 2 >= 2 & SlowRate 50% >= 10% (1 of 2, 1 in flight, took 1s or longer) & AvgLatency 500ms >= 500ms (2 calls)",
            Assert.Single(world.Signals).Reason.Text
        );
    }

    [Fact]
    public void Calls_admitted_before_the_slow_rule_are_never_overdue()
    {
        var world = With(Tripper.FailureRate(1));
        var calls = world.Ask(20);
        world.Breaker.Reconfigure(new() { Tripper = TwentyCalls });
        world.Wait(10);
        Assert.Equal((BreakerState.Closed, 0), (world.State, world.Now.SlowCalls[0].Overdue));

        // Their own results count as before.
        calls[0].Settle(Verdict.Failure, 2 * Threshold);
        Assert.Equal((1, 0), (world.Now.SlowCalls[0].Total, world.Now.SlowCalls[0].Overdue));
    }

    [Fact]
    public void A_reconfiguration_that_keeps_the_thresholds_keeps_the_overdue_calls()
    {
        var world = With(Tripper.MinRequests(40) & Tripper.SlowRate(0.3, Threshold));
        world.Ask(20);
        world.Wait(0.5);
        world.Breaker.Reconfigure(new() { Tripper = TwentyCalls, Window = Window.Count(50) });
        world.Wait(0.75);

        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void New_rules_see_the_calls_that_are_overdue_already()
    {
        var world = With(Tripper.MinRequests(40) & Tripper.SlowRate(0.3, Threshold));
        world.Ask(20);
        world.Wait(2);
        world.Breaker.Reconfigure(new() { Tripper = TwentyCalls, Window = Window.Time(TimeSpan.FromSeconds(10)) });
        Assert.Equal(BreakerState.Closed, world.State);

        world.Succeed();
        Assert.Equal(
            "MinRequests 21 >= 20 & SlowRate 95.2% >= 30% (20 of 21, 20 in flight, took 1s or longer)",
            world.Signals[0].Reason.Text
        );
    }

    [Fact]
    public void Overdue_calls_cause_one_would_trip()
    {
        var world = With(TwentyCalls);
        world.Breaker.MetricsOnly();
        var calls = world.Ask(20);
        world.Wait(30);
        Assert.Equal((1, 20), (world.Now.WouldTrips, world.Now.SlowCalls[0].Overdue));

        // If the circuit had opened, their results would be stale.
        foreach (var call in calls)
        {
            call.Settle(Verdict.Success);
        }

        Assert.Equal((1, 20, 20), (world.Now.WouldTrips, world.Now.Stale, world.Now.SlowCalls[0].Total));
        Assert.Equal((0, 0, 0), (world.Now.WindowRequests, world.Now.InFlight, world.Now.SlowCalls[0].Overdue));
    }

    [Fact]
    public void Calls_that_become_overdue_after_a_would_trip_cause_the_next_one()
    {
        var world = With(TwentyCalls);
        world.Breaker.MetricsOnly();
        world.Ask(20);
        world.Wait(0.5);
        world.Ask(20);
        world.Wait(0.7);
        Assert.Equal((1, 20), (world.Now.WouldTrips, world.Now.SlowCalls[0].Overdue));

        world.Wait(0.5);
        Assert.Equal((2, 40), (world.Now.WouldTrips, world.Now.SlowCalls[0].Overdue));
    }

    [Fact]
    public void Calls_that_still_hang_are_shown_while_open_and_after()
    {
        var world = With(TwentyCalls);
        var calls = world.Ask(20);
        world.Wait(2);
        Assert.Equal((BreakerState.Open, 20), (world.State, world.Now.SlowCalls[0].Overdue));
        world.Breaker.Reset();
        world.Wait(10);

        Assert.Equal((BreakerState.Closed, 20), (world.State, world.Now.SlowCalls[0].Overdue));
        Assert.InRange(world.Now.OldestInFlight!.Value, TimeSpan.FromSeconds(12 - (1.0 / 12)), TimeSpan.FromSeconds(12));

        calls[0].Settle(Verdict.Success);
        Assert.Equal((19, 1), (world.Now.SlowCalls[0].Overdue, world.Now.Stale));
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void Calls_that_never_end_are_shown_for_the_last_8_earlier_phases()
    {
        var world = With(TwentyCalls);
        for (var phase = 0; phase < 50; phase++)
        {
            world.Begin();
            world.Breaker.Reset();
        }

        world.Begin();
        world.Wait(2);
        Assert.Equal((9, 51), (world.Now.SlowCalls[0].Overdue, world.Now.InFlight));
    }

    [Fact]
    public void A_half_open_circuit_has_leases_instead()
    {
        var world = With(TwentyCalls);
        world.Breaker.Probe();
        world.Begin();
        world.Wait(2);

        Assert.Equal((BreakerState.HalfOpen, 0, null), (world.State, world.Now.SlowCalls[0].Overdue, world.Now.OldestInFlight));
    }

    [Fact]
    public void A_rule_without_a_slow_threshold_follows_no_calls_and_sets_no_timer()
    {
        var world = With(Tripper.FailureRate(0.5));
        world.Ask(20);
        world.Wait(60);

        Assert.Null(world.Breaker.Machine.Phase.InFlight);
        Assert.Null(world.Now.OldestInFlight);
        Assert.Equal(0, world.Time.ArmedTimers);
    }

    [Fact]
    public void The_timer_is_not_set_when_no_call_can_become_overdue()
    {
        var world = With(Tripper.MinRequests(100) & Tripper.SlowRate(1, Threshold));
        Assert.Equal(0, world.Time.ArmedTimers);
        world.Succeed(5);
        Assert.Equal(1, world.Time.ArmedTimers);
        world.Wait(1.25);
        Assert.Equal(0, world.Time.ArmedTimers);

        world.Begin();
        Assert.Equal(1, world.Time.ArmedTimers);
        world.Wait(1.25);
        Assert.Equal((0, 1), (world.Time.ArmedTimers, world.Now.SlowCalls[0].Overdue));
    }

    [Fact]
    public void All_breakers_of_a_clock_share_one_timer()
    {
        var time = new VirtualTime();
        var breakers = Breakers(100, time);
        foreach (var breaker in breakers)
        {
            time.Advance(TimeSpan.FromMilliseconds(7));
            Assert.NotNull(breaker.Admit());
        }

        Assert.Equal(1, time.ArmedTimers);
        time.Advance(2 * Threshold);
        Assert.Equal(100, breakers.Sum(breaker => breaker.Snapshot().SlowCalls[0].Overdue));
    }

    [Fact]
    public void A_thousand_breakers_wake_at_most_16_times_a_second()
    {
        var time = new VirtualTime();
        var breakers = Breakers(1000, time);
        var inFlight = new Admission?[breakers.Count];
        for (var step = 0; step < 1000; step++)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            for (var i = step % 10; i < breakers.Count; i += 10)
            {
                inFlight[i]?.Settle(Verdict.Success);
                inFlight[i] = breakers[i].Admit();
            }
        }

        Assert.InRange(time.TimersFired, 10, 160);
        Assert.All(breakers, breaker => Assert.Equal(BreakerState.Closed, breaker.State));
    }

    [Fact]
    public void A_disposed_breaker_does_not_trip_by_itself()
    {
        var world = With(TwentyCalls);
        world.Ask(20);
        world.Breaker.Dispose();
        world.Wait(5);

        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void A_clock_that_goes_back_makes_no_call_overdue_and_loses_none()
    {
        var world = With(TwentyCalls);
        world.Wait(100);
        world.Ask(10);
        world.Time.JumpMonotonicClock(-50 * Threshold);
        var later = world.Ask(11);
        world.Time.Advance(0.9 * Threshold);
        Assert.Equal(BreakerState.Closed, world.State);

        later[0].Settle(Verdict.Success);
        Assert.Equal(20, world.Now.InFlight);
        world.Time.Advance(60 * Threshold);
        Assert.Equal((BreakerState.Open, 20), (world.State, world.Now.SlowCalls[0].Overdue));
    }

    [Fact]
    public void A_custom_tripper_sees_the_overdue_calls()
    {
        var world = With(new HalfOfAllHang());
        world.Succeed(2);
        world.Ask(2);
        world.Wait(1.25);

        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void A_timer_that_cannot_be_created_is_reported_and_the_next_call_evaluates()
    {
        var time = new WithoutTimers();
        var breaker = new FluxgateBreaker("payments", new() { Tripper = TwentyCalls }, time);
        for (var call = 0; call < 20; call++)
        {
            Assert.NotNull(breaker.Admit());
        }

        time.Now += 2 * TimeSpan.TicksPerSecond;
        Assert.False(breaker.TryAdmit(out _));
        Assert.True(breaker.Snapshot().UserErrors(UserErrorSource.Clock) > 0);
    }

    /// <summary>Creates breakers at different times, so that their epochs begin at different times.</summary>
    private static List<FluxgateBreaker> Breakers(int count, VirtualTime time)
    {
        var breakers = new List<FluxgateBreaker>();
        for (var number = 0; number < count; number++)
        {
            breakers.Add(new($"{number}", new() { Tripper = TwentyCalls }, time));
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        return breakers;
    }

    private static World With(Tripper tripper, Window? window = null) =>
        new(new() { Window = window ?? Window.Time(TimeSpan.FromSeconds(10)), Tripper = tripper });

    private sealed class HalfOfAllHang : Tripper
    {
        private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

        public override TimeSpan? SlowThreshold => Slow;

        public override bool Fires(in TripperContext context) => context.OverdueCalls(Slow) * 2 >= context.Requests && context.Requests > 0;

        public override string ToString() => "HalfOfAllHang";
    }

    private sealed class WithoutTimers : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            throw new NotSupportedException("This clock has no timers.");
    }
}
