namespace Fluxgate;

public sealed class ReconfiguredClosedCircuits
{
    [Fact]
    public void A_stricter_streak_trips_at_the_next_failure_and_counts_earlier_ones()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(5) });
        world.Fail(3);
        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(2) });
        Assert.Equal(BreakerState.Closed, world.State);

        world.Fail();
        Assert.Equal("payments: closed -> open (FailureStreak 4 >= 2)", Assert.Single(world.Signals).ToString());
    }

    [Theory]
    [InlineData(Verdict.Success)]
    [InlineData(Verdict.Failure)]
    public void A_stricter_minimum_trips_at_the_next_recorded_call(Verdict next)
    {
        var world = new World(new() { Tripper = Tripper.MinRequests(20) & Tripper.FailureRate(0.5) });
        world.Fail(3);
        world.Breaker.Reconfigure(new() { Tripper = Tripper.MinRequests(4) & Tripper.FailureRate(0.5) });
        world.Ignore();
        Assert.Equal(BreakerState.Closed, world.State);

        world.Begin().Settle(next);
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void A_stricter_rate_trips_at_the_next_success()
    {
        var world = new World(new() { Tripper = Tripper.MinRequests(10) & Tripper.FailureRate(0.5) });
        world.Succeed(8);
        world.Fail(4);
        world.Breaker.Reconfigure(new() { Tripper = Tripper.MinRequests(10) & Tripper.FailureRate(0.3) });

        world.Succeed();
        Assert.Equal(
            "payments: closed -> open (MinRequests 13 >= 10 & FailureRate 30.8% >= 30% (4 of 13))",
            Assert.Single(world.Signals).ToString()
        );
    }

    [Fact]
    public void A_looser_rule_does_not_trip_before_its_number()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(3) });
        world.Fail(2);
        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(5) });
        world.Fail(2);
        Assert.Equal(BreakerState.Closed, world.State);
        world.Fail();
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void The_streak_continues_when_the_window_does_not()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(5) });
        world.Succeed(7);
        world.Fail(4);
        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(5), Window = Window.Time(TimeSpan.FromSeconds(10)) });
        Assert.Equal((0, 4, 0), (world.Now.WindowRequests, world.Now.ConsecutiveFailures, world.Now.ConsecutiveSuccesses));

        world.Fail();
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void A_success_after_a_reconfiguration_ends_an_earlier_streak()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(5) });
        world.Succeed(3);
        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(6) });
        Assert.Equal(3, world.Now.ConsecutiveSuccesses);

        world.Fail(4);
        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(5) });
        world.Succeed();
        world.Fail(4);
        Assert.Equal((BreakerState.Closed, 4, 0), (world.State, world.Now.ConsecutiveFailures, world.Now.ConsecutiveSuccesses));
    }

    [Fact]
    public void Phase_and_reason_are_kept_and_no_signal_is_raised()
    {
        var world = new World();
        world.Breaker.Trip();
        world.Breaker.Reset("deployed");
        var before = world.Now;
        world.Wait(5);
        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(5) });

        var now = world.Now;
        Assert.Equal(
            (before.PhaseNumber, before.EnteredAt, "deployed", 2L, BreakerState.Closed),
            (now.PhaseNumber, now.EnteredAt, now.Reason.Text, now.SignalCount, now.State)
        );
        Assert.Equal(("FailureStreak(5)", 2), (now.Rule, world.Signals.Count));
    }

    [Fact]
    public void Calls_in_flight_over_several_reconfigurations_settle_as_current()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(3) });
        Admission[] calls = [world.Begin(), world.Begin(), world.Begin()];
        for (var i = 0; i < 5; i++)
        {
            world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(4 + i) });
        }

        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(2) });
        calls[0].Settle(Verdict.Ignored);
        calls[1].Settle(Verdict.Failure);
        Assert.Equal((0, 1, 1, 1), (world.Now.Stale, world.Now.InFlight, world.Now.WindowFailures, world.Now.ConsecutiveFailures));

        Assert.Equal(BreakerState.Open, calls[2].Settle(Verdict.Failure)!.NewState);
    }

    [Fact]
    public void A_call_in_flight_is_stale_once_the_phase_has_ended()
    {
        var world = new World();
        var call = world.Begin();
        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(1) });
        world.Breaker.Reset();

        Assert.Null(call.Settle(Verdict.Failure));
        Assert.Equal((1, 1, 0, 0), (world.Now.Stale, world.Now.Failures, world.Now.WindowRequests, world.Now.InFlight));
    }

    [Fact]
    public void A_call_admitted_before_a_rule_on_durations_counts_as_fast()
    {
        var world = new World();
        var (unknown, received) = (world.Begin(), world.Begin());
        world.Breaker.Reconfigure(new() { Tripper = Tripper.SlowRate(1, TimeSpan.FromSeconds(1)) });
        world.Wait(5);
        unknown.Settle(Verdict.Success);
        Assert.Equal((0L, 0.0), (world.Now.SlowCalls[0].Total, world.Now.SlowCalls[0].Rate));
        received.Settle(Verdict.Success, TimeSpan.FromSeconds(5));
        Assert.Equal((1L, 0.5), (world.Now.SlowCalls[0].Total, world.Now.SlowCalls[0].Rate));
    }

    [Fact]
    public void Totals_of_slow_calls_are_kept_for_every_earlier_threshold()
    {
        var world = new World(new() { Tripper = SlowerThan(1) });
        world.Take(TimeSpan.FromSeconds(2));
        world.Breaker.Reconfigure(new() { Tripper = SlowerThan(3) | SlowerThan(2) });
        world.Take(TimeSpan.FromSeconds(2));
        Assert.Equal("1s: 1, in the window -; 2s: 1, in the window 1; 3s: 0, in the window 0", SlowCalls(world.Now));

        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(5) });
        world.Take(TimeSpan.FromSeconds(9));
        Assert.Equal("1s: 1, in the window -; 2s: 1, in the window -; 3s: 0, in the window -", SlowCalls(world.Now));

        world.Breaker.Reconfigure(new() { Tripper = SlowerThan(1) });
        world.Take(TimeSpan.FromSeconds(2));
        world.Take(TimeSpan.Zero);
        Assert.Equal("1s: 2, in the window 0.5; 2s: 1, in the window -; 3s: 0, in the window -", SlowCalls(world.Now));
        Assert.Equal((BreakerState.Closed, 5), (world.State, world.Now.Requests));
    }

    // Never fires: its minimum is higher than the number of calls.
    private static Tripper SlowerThan(int seconds) => Tripper.MinRequests(50) & Tripper.SlowRate(1, TimeSpan.FromSeconds(seconds));

    private static string SlowCalls(BreakerSnapshot snapshot) =>
        string.Join(
            "; ",
            snapshot.SlowCalls.Select(slow =>
                $"{slow.Threshold.TotalSeconds}s: {slow.Total}, in the window {(slow.Rate is { } rate ? RuleText.Number(rate) : "-")}"
            )
        );
}
