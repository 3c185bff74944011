namespace Fluxgate;

public sealed class ReconfiguredManualStates
{
    [Fact]
    public void MetricsOnly_keeps_its_window_and_counts_would_trips_of_the_new_rule()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(5), InitialState = BreakerState.MetricsOnly });
        world.Succeed();
        world.Fail(3);
        var early = world.Begin();
        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(4) });
        Assert.Equal((0, 4, 3), (world.Now.WouldTrips, world.Now.WindowRequests, world.Now.ConsecutiveFailures));

        early.Settle(Verdict.Failure);
        Assert.Equal(
            [
                "payments: reconfigured (Tripper: FailureStreak(5) -> FailureStreak(4))",
                "payments: would have opened (FailureStreak 4 >= 4)",
            ],
            world.Notices.Select(notice => notice.ToString())
        );
        Assert.Equal((1, 0, 0, 0), (world.Now.WouldTrips, world.Now.WindowRequests, world.Now.ConsecutiveFailures, world.Now.Stale));
        Assert.Equal((BreakerState.MetricsOnly, 1L), (world.State, world.Now.PhaseNumber));

        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(2) });
        world.Fail(4);
        Assert.Equal((3, 8), (world.Now.WouldTrips, world.Now.Failures));
    }

    [Theory]
    [InlineData(BreakerState.Disabled)]
    [InlineData(BreakerState.ForcedOpen)]
    public void The_state_is_kept_and_the_rules_apply_after_it(BreakerState state)
    {
        var world = new World(new() { InitialState = state });
        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(2), InitialState = BreakerState.Closed });
        Assert.Equal((state, 1L), (world.State, world.Now.PhaseNumber));
        Assert.Equal("FailureStreak(2)", world.Now.Rule);

        world.Breaker.Reset();
        world.Fail(2);
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void ForcedOpen_continues_to_reject_and_count()
    {
        var world = new World(new() { InitialState = BreakerState.ForcedOpen });
        world.Rejects(2);
        world.Breaker.Reconfigure(new() { BreakDuration = BreakDuration.None });
        world.Rejects(3);
        Assert.Equal((5, null), (world.Now.RejectedIn(BreakerState.ForcedOpen), world.Now.RetryAfter));
    }

    [Fact]
    public void Disabled_continues_to_count_nothing()
    {
        var world = new World(new() { InitialState = BreakerState.Disabled });
        var early = world.Begin();
        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(1) });
        early.Settle(Verdict.Failure);
        world.Fail(5);
        Assert.Equal((BreakerState.Disabled, 0, 0), (world.State, world.Now.Requests, world.Now.InFlight));
    }
}
