using Polly.CircuitBreaker;

namespace Fluxgate;

public sealed class OpenCircuits
{
    [Fact]
    public void Every_call_is_rejected_and_no_request_is_counted()
    {
        var world = new World();
        world.Breaker.Trip();

        world.Rejects(7);

        Assert.Equal((7, 7, 0, 0), (world.Now.Rejected, world.Now.RejectedIn(BreakerState.Open), world.Now.Requests, world.Now.InFlight));
    }

    [Fact]
    public void A_rejection_has_circuit_state_reason_and_RetryAfter()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(1) });
        world.Fail();
        world.Wait(17.5);

        var rejection = Assert.Throws<CallNotPermittedException>(() => world.Breaker.Admit());

        Assert.IsAssignableFrom<BrokenCircuitException>(rejection);
        Assert.Equal(("payments", BreakerState.Open), (rejection.CircuitName, rejection.State));
        Assert.Equal(("FailureStreak 1 >= 1", ReasonKind.Tripped), (rejection.Reason.Text, rejection.Reason.Kind));
        Assert.Equal(TimeSpan.FromSeconds(42.5), rejection.RetryAfter);
        Assert.Equal("Circuit 'payments' is open and rejects the call: FailureStreak 1 >= 1. It probes again in 42.5s.", rejection.Message);
    }

    [Fact]
    public void Each_rejection_is_a_new_exception()
    {
        var world = new World();
        world.Breaker.Trip();

        Assert.NotSame(
            Assert.Throws<CallNotPermittedException>(() => world.Breaker.Admit()),
            Assert.Throws<CallNotPermittedException>(() => world.Breaker.Admit())
        );
    }

    [Fact]
    public void UntilReset_has_no_RetryAfter()
    {
        var world = new World(new() { BreakDuration = BreakDuration.UntilReset });
        world.Breaker.Trip("maintenance");
        world.Time.Advance(TimeSpan.FromDays(3650));

        var rejection = Assert.Throws<CallNotPermittedException>(() => world.Breaker.Admit());

        Assert.Null(rejection.RetryAfter);
        Assert.Null(world.Now.NextProbeAt);
        Assert.Equal("Circuit 'payments' is open and rejects the call: maintenance.", rejection.Message);
    }

    [Fact]
    public void A_break_ends_to_the_tick_and_the_next_call_is_the_first_probe()
    {
        var world = new World(new() { Permit = Permit.Random(0.1), Randomizer = () => 0.99 });
        world.Breaker.Trip();

        world.Time.Advance(TimeSpan.FromSeconds(60) - TimeSpan.FromTicks(1));
        world.Rejects();
        world.Time.Advance(TimeSpan.FromTicks(1));
        using var probe = world.Begin();

        Assert.Equal((BreakerState.HalfOpen, BreakerState.HalfOpen), (probe.State, world.State));
        Assert.Equal("payments: open -> half_open (the break of 60s is over)", world.Signals[1].ToString());
        Assert.Equal(ReasonKind.BreakElapsed, world.Now.Reason.Kind);
    }

    [Fact]
    public void The_circuit_stays_open_after_the_break_until_a_call_comes()
    {
        var world = new World();
        world.Breaker.Trip();

        world.Time.Advance(TimeSpan.FromDays(1));

        Assert.Equal((BreakerState.Open, null), (world.State, world.Now.RetryAfter));
        Assert.Single(world.Signals);
    }

    [Fact]
    public void The_circuit_is_open_until_the_next_call_even_without_a_break()
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                BreakDuration = BreakDuration.None,
                Permit = Permit.All,
            }
        );

        world.Fail();
        Assert.Equal(BreakerState.Open, world.State);
        world.Begin();

        Assert.Equal(
            ["payments: closed -> open (FailureStreak 1 >= 1)", "payments: open -> half_open (no break)"],
            world.Signals.Select(signal => signal.ToString())
        );
        Assert.Equal(TimeSpan.Zero, world.Signals[0].BreakFor);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_wall_clock_jump_does_not_change_the_break(int hours)
    {
        var world = new World();
        world.Breaker.Trip();
        world.Time.JumpWallClock(TimeSpan.FromHours(hours));

        world.Wait(59.999);
        world.Rejects();
        world.Wait(0.001);
        world.Begin();
    }

    [Fact]
    public void The_break_duration_is_drawn_once()
    {
        var draws = 0;
        var world = new World(
            new()
            {
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(100), jitter: 0.5),
                Randomizer = () => ++draws == 1 ? 0.75 : 0,
                Permit = Permit.All,
            }
        );

        world.Breaker.Trip();
        world.Wait(124.999);
        world.Rejects(5);
        world.Wait(0.001);
        world.Begin();

        Assert.Equal((1, TimeSpan.FromSeconds(125)), (draws, world.Signals[0].BreakFor));
    }

    [Fact]
    public void Backoff_grows_with_every_reopen_and_starts_over_after_closing()
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                BreakDuration = BreakDuration.Backoff(TimeSpan.FromSeconds(10)),
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(1),
            }
        );

        world.Fail();
        world.Wait(10);
        world.Fail();
        Assert.Equal(1, world.Now.Reopens);
        world.Wait(20);
        world.Fail();
        Assert.Equal(2, world.Now.Reopens);
        world.Wait(40);
        world.Succeed();
        Assert.Equal((BreakerState.Closed, 0), (world.State, world.Now.Reopens));
        world.Fail();

        Assert.Equal([10, 20, 40, 10], world.Signals.Select(signal => signal.BreakFor?.TotalSeconds).OfType<double>());
    }
}
