namespace Fluxgate;

public sealed class Snapshots
{
    [Fact]
    public void A_new_breaker_has_zero_totals_and_no_rates()
    {
        var now = new World().Now;

        Assert.Equal((0, 0, 0, 0, 0, 0), (now.Requests, now.Rejected, now.Stale, now.InFlight, now.WindowRequests, now.SignalCount));
        Assert.Equal((null, null, null, null), (now.FailureRate, now.SuccessRate, now.RetryAfter, now.NextProbeAt));
        Assert.Empty(now.SlowCalls);
        Assert.Equal("payments: closed (initial state)", now.ToString());
        Assert.Equal("MinRequests(100) & FailureRate(50%)", now.Rule);
    }

    [Fact]
    public void Rates_cover_the_window_and_totals_all_calls()
    {
        var world = new World(new() { Window = Window.Count(4), Tripper = Tripper.FailureStreak(100) });

        world.Fail(6);
        world.Succeed(3);

        Assert.Equal((9, 6, 4, 1), (world.Now.Requests, world.Now.Failures, world.Now.WindowRequests, world.Now.WindowFailures));
        Assert.Equal((0.25, 0.75), (world.Now.FailureRate, world.Now.SuccessRate));
    }

    [Fact]
    public void A_time_window_expires_without_calls()
    {
        var world = new World(new() { Window = Window.Time(TimeSpan.FromSeconds(10)) });
        world.Fail(5);

        world.Wait(10);

        Assert.Equal((0, 5, null), (world.Now.WindowRequests, world.Now.Failures, world.Now.FailureRate));
    }

    [Fact]
    public void Slow_calls_are_listed_by_threshold()
    {
        var second = TimeSpan.FromSeconds(1);
        var world = new World(
            new() { Tripper = Tripper.SlowRate(1, 5 * second) | Tripper.SlowRate(0.9, second) | Tripper.FailureStreak(9) }
        );

        world.Take(TimeSpan.Zero);
        world.Take(second);
        world.Take(6 * second);
        world.Take(TimeSpan.Zero, Verdict.Failure);

        Assert.Equal([new(second, 2, 0.5, Overdue: 0), new(5 * second, 1, 0.25, Overdue: 0)], world.Now.SlowCalls);
    }

    [Fact]
    public void Totals_of_slow_calls_continue_over_phases()
    {
        var second = TimeSpan.FromSeconds(1);
        var world = new World(new() { Tripper = Tripper.SlowRate(1, second) });
        var early = world.Begin();

        world.Take(second);
        early.Settle(Verdict.Failure);

        Assert.Equal((BreakerState.Open, new(second, 2, Rate: null, Overdue: 0)), (world.State, Assert.Single(world.Now.SlowCalls)));
    }

    [Fact]
    public void NextProbeAt_is_the_end_of_the_break_by_the_wall_clock()
    {
        var world = new World();
        var opened = world.Time.GetUtcNow();
        world.Breaker.Trip();

        world.Wait(20);

        Assert.Equal((opened, opened + TimeSpan.FromSeconds(60)), (world.Now.EnteredAt, world.Now.NextProbeAt));
        Assert.Equal(TimeSpan.FromSeconds(40), world.Now.RetryAfter);
    }

    [Fact]
    public void Transitions_are_counted_by_old_and_new_state()
    {
        var world = new World();

        world.Breaker.Trip();
        world.Breaker.Reset();
        world.Breaker.Trip();

        Assert.Equal(
            (2, 1, 0),
            (
                Count(BreakerState.Closed, BreakerState.Open),
                Count(BreakerState.Open, BreakerState.Closed),
                Count(BreakerState.Open, BreakerState.HalfOpen)
            )
        );
        Assert.Equal((3, 4), (world.Now.SignalCount, world.Now.PhaseNumber));

        long Count(BreakerState from, BreakerState to) => world.Now.Transitions(from, to);
    }

    [Fact]
    public void A_snapshot_does_not_change()
    {
        var world = new World();
        world.Succeed();
        var before = world.Now;

        world.Succeed();
        world.Breaker.Trip();
        world.Rejects();

        Assert.Equal((BreakerState.Closed, 1, 0, 0), (before.State, before.Successes, before.Rejected, before.SignalCount));
    }

    [Fact]
    public void UserErrors_returns_zero_for_an_unknown_source() => Assert.Equal(0, new World().Now.UserErrors((UserErrorSource)99));

    [Fact]
    public void Rejections_are_counted_by_state()
    {
        var world = new World(new() { Permit = Permit.MaxConcurrent(1) });
        world.Breaker.Trip();
        world.Rejects(2);
        world.Breaker.Probe();
        world.Begin();
        world.Rejects(3);
        world.Breaker.ForceOpen();
        world.Rejects(4);

        Assert.Equal(
            (9, 2, 3, 4, 0),
            (
                world.Now.Rejected,
                world.Now.RejectedIn(BreakerState.Open),
                world.Now.RejectedIn(BreakerState.HalfOpen),
                world.Now.RejectedIn(BreakerState.ForcedOpen),
                world.Now.RejectedIn(BreakerState.Closed)
            )
        );
    }
}
