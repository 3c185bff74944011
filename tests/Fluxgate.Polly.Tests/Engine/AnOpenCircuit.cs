using Polly.CircuitBreaker;

namespace Fluxgate;

public sealed class AnOpenCircuit
{
    [Fact]
    public void Rejects_every_call_and_counts_it_as_no_request()
    {
        var world = new World();
        world.Breaker.Trip();

        world.Rejects(7);

        Assert.Equal((7, 7, 0, 0), (world.Now.Rejected, world.Now.RejectedIn(BreakerState.Open), world.Now.Requests, world.Now.InFlight));
    }

    [Fact]
    public void Says_who_rejects_why_and_when_to_come_again()
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
    public void Gives_every_rejected_call_an_exception_of_its_own()
    {
        var world = new World();
        world.Breaker.Trip();

        Assert.NotSame(
            Assert.Throws<CallNotPermittedException>(() => world.Breaker.Admit()),
            Assert.Throws<CallNotPermittedException>(() => world.Breaker.Admit())
        );
    }

    [Fact]
    public void Until_reset_knows_no_time_to_come_again()
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
    public void Ends_at_the_very_instant_and_its_first_call_is_the_first_probe()
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
    public void Shows_as_open_until_a_call_comes()
    {
        var world = new World();
        world.Breaker.Trip();

        world.Time.Advance(TimeSpan.FromDays(1));

        Assert.Equal((BreakerState.Open, null), (world.State, world.Now.RetryAfter));
        Assert.Single(world.Signals);
    }

    [Fact]
    public void Passes_through_open_even_without_a_break()
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
    public void Does_not_care_for_a_wall_clock_that_jumps(int hours)
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
    public void Draws_its_duration_once()
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
    public void Lasts_longer_each_time_it_re_opens_and_starts_over_once_it_was_closed()
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
