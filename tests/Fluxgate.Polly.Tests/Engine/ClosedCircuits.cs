namespace Fluxgate;

public sealed class ClosedCircuits
{
    [Fact]
    public void A_closed_circuit_admits_and_counts_every_call()
    {
        var world = new World();

        var inFlight = world.Ask(50);
        world.Succeed(3);
        world.Fail(2);
        world.Ignore();

        Assert.Equal(50, inFlight.Count);
        Assert.Equal(
            (3, 2, 1, 6, 50),
            (world.Now.Successes, world.Now.Failures, world.Now.Ignored, world.Now.Requests, world.Now.InFlight)
        );
    }

    [Fact]
    public void An_ignored_call_is_not_recorded_in_the_window()
    {
        var world = new World(new() { Tripper = Tripper.MinRequests(3) & Tripper.FailureRate(1) });

        world.Fail(2);
        world.Ignore(50);

        Assert.Equal((BreakerState.Closed, 2), (world.State, world.Now.WindowRequests));
    }

    [Fact]
    public void A_success_ends_a_streak_and_an_ignored_call_does_not()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(3) });

        world.Fail(2);
        world.Succeed();
        world.Fail(2);
        Assert.Equal((BreakerState.Closed, 2, 0), (world.State, world.Now.ConsecutiveFailures, world.Now.ConsecutiveSuccesses));
        world.Ignore(5);
        world.Fail();

        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void ConsecutiveSuccesses_counts_since_the_last_failure()
    {
        var world = new World();
        world.Succeed(4);
        Assert.Equal(4, world.Now.ConsecutiveSuccesses);

        world.Fail();
        world.Succeed(2);

        Assert.Equal((2, 0), (world.Now.ConsecutiveSuccesses, world.Now.ConsecutiveFailures));
    }

    [Fact]
    public void Settle_returns_the_signal_only_to_the_call_that_tripped()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(2) });
        var (first, second) = (world.Begin(), world.Begin());

        Assert.Null(first.Settle(Verdict.Failure));
        var signal = second.Settle(Verdict.Failure);
        Assert.Same(Assert.Single(world.Signals), signal);
    }

    [Fact]
    public void A_call_in_flight_at_the_trip_is_stale()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(1), Permit = Permit.All });
        var early = world.Ask(3);
        world.Fail();

        Assert.All(early, admission => Assert.Null(admission.Settle(Verdict.Success)));

        Assert.Equal((BreakerState.Open, 3, 3, 1), (world.State, world.Now.Stale, world.Now.Successes, world.Now.Failures));
    }

    [Fact]
    public void Without_a_rule_on_durations_no_clock_is_read()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(100), AbandonedAfter = Timeout.InfiniteTimeSpan });
        var before = world.Time.TimestampReads;

        world.Succeed(10);
        world.Fail(10);

        Assert.Equal(before, world.Time.TimestampReads);
    }

    [Fact]
    public void A_given_duration_replaces_the_measured_one()
    {
        var world = new World(new() { Tripper = Tripper.AvgLatency(TimeSpan.FromSeconds(3)) });

        world.Begin().Settle(Verdict.Success, TimeSpan.FromSeconds(2));
        world.Take(TimeSpan.FromSeconds(3));
        Assert.Equal(BreakerState.Closed, world.State);
        world.Take(TimeSpan.FromSeconds(4));

        Assert.Equal("AvgLatency 3s >= 3s (3 calls)", world.Now.Reason.Text);
    }

    [Fact]
    public void A_failure_can_be_a_slow_call()
    {
        var world = new World(new() { Tripper = Tripper.SlowRate(1, TimeSpan.FromSeconds(1)) });

        world.Take(TimeSpan.FromSeconds(1), Verdict.Failure);

        Assert.Equal(BreakerState.Open, world.State);
    }
}
