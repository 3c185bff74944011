namespace Fluxgate;

public sealed class AClosedCircuit
{
    [Fact]
    public void Lets_every_call_in_and_counts_it()
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
    public void Records_no_ignored_call_in_its_window()
    {
        var world = new World(new() { Tripper = Tripper.MinRequests(3) & Tripper.FailureRate(1) });

        world.Fail(2);
        world.Ignore(50);

        Assert.Equal((BreakerState.Closed, 2), (world.State, world.Now.WindowRequests));
    }

    [Fact]
    public void Ignored_calls_leave_a_streak_alone_and_a_success_ends_it()
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
    public void Counts_successes_since_the_last_failure()
    {
        var world = new World();
        world.Succeed(4);
        Assert.Equal(4, world.Now.ConsecutiveSuccesses);

        world.Fail();
        world.Succeed(2);

        Assert.Equal((2, 0), (world.Now.ConsecutiveSuccesses, world.Now.ConsecutiveFailures));
    }

    [Fact]
    public void Tells_the_call_that_tripped_it_and_no_other()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(2) });
        var (first, second) = (world.Begin(), world.Begin());

        Assert.Null(first.Settle(Verdict.Failure));
        var signal = second.Settle(Verdict.Failure);
        Assert.Same(Assert.Single(world.Signals), signal);
    }

    [Fact]
    public void What_was_in_flight_when_it_tripped_is_stale()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(1), Permit = Permit.All });
        var early = world.Ask(3);
        world.Fail();

        Assert.All(early, admission => Assert.Null(admission.Settle(Verdict.Success)));

        Assert.Equal((BreakerState.Open, 3, 3, 1), (world.State, world.Now.Stale, world.Now.Successes, world.Now.Failures));
    }

    [Fact]
    public void Reads_no_clock_that_no_rule_asks_for()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(100) });
        var before = world.Time.TimestampReads;

        world.Succeed(10);
        world.Fail(10);

        Assert.Equal(before, world.Time.TimestampReads);
    }

    [Fact]
    public void Takes_a_duration_that_is_given_or_measures_it()
    {
        var world = new World(new() { Tripper = Tripper.AvgLatency(TimeSpan.FromSeconds(3)) });

        world.Begin().Settle(Verdict.Success, TimeSpan.FromSeconds(2));
        world.Take(TimeSpan.FromSeconds(3));
        Assert.Equal(BreakerState.Closed, world.State);
        world.Take(TimeSpan.FromSeconds(4));

        Assert.Equal("AvgLatency 3s >= 3s (3 calls)", world.Now.Reason.Text);
    }

    [Fact]
    public void A_failure_has_a_duration_like_a_success()
    {
        var world = new World(new() { Tripper = Tripper.SlowRate(1, TimeSpan.FromSeconds(1)) });

        world.Take(TimeSpan.FromSeconds(1), Verdict.Failure);

        Assert.Equal(BreakerState.Open, world.State);
    }
}
