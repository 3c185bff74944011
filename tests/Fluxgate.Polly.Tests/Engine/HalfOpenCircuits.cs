namespace Fluxgate;

public sealed class HalfOpenCircuits
{
    [Fact]
    public void Ten_probes_are_admitted_until_one_succeeds_then_the_permit_decides()
    {
        var world = HalfOpenWorld.World(new() { Permit = Permit.All });

        var unproven = world.Ask(50);
        Assert.Equal(10, unproven.Count);
        unproven[0].Settle(Verdict.Success);

        Assert.Equal(50, world.Ask(50).Count);
        Assert.Equal((59, 59, 40), (world.Now.HalfOpenInFlight, world.Now.InFlight, world.Now.RejectedIn(BreakerState.HalfOpen)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(25)]
    public void MaxConcurrent_replaces_the_limit_of_ten(int most)
    {
        var world = HalfOpenWorld.World(new() { Permit = Permit.All & Permit.MaxConcurrent(most) });

        var probes = world.Ask(50);
        Assert.Equal(most, probes.Count);
        probes[0].Settle(Verdict.Success);

        Assert.Single(world.Ask(50));
    }

    [Fact]
    public void The_first_probe_is_admitted_although_the_permit_rejects()
    {
        var world = HalfOpenWorld.World(new() { Permit = Permit.Random(0.5), Randomizer = () => 0.5 });

        world.Begin();

        world.Rejects(20);
    }

    [Fact]
    public void Rejections_have_no_RetryAfter_while_half_open()
    {
        var world = HalfOpenWorld.World(new() { Permit = Permit.MaxConcurrent(1) });
        world.Begin();

        var rejection = Assert.Throws<CallNotPermittedException>(() => world.Breaker.Admit());

        Assert.Equal((BreakerState.HalfOpen, (TimeSpan?)null), (rejection.State, rejection.RetryAfter));
    }

    [Fact]
    public void The_circuit_closes_when_the_last_required_probe_succeeds()
    {
        var world = HalfOpenWorld.World(
            new()
            {
                Tripper = HalfOpenWorld.QuietRule,
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(3),
            }
        );

        world.Fail(2);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        var last = world.Begin().Settle(Verdict.Success);

        Assert.Equal("payments: half_open -> closed (1 of 3 probes succeeded)", last!.ToString());
        Assert.Equal(ReasonKind.Recovered, world.Now.Reason.Kind);
    }

    [Fact]
    public void The_circuit_reopens_when_no_required_probe_succeeded()
    {
        var world = HalfOpenWorld.World(
            new()
            {
                Tripper = HalfOpenWorld.QuietRule,
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(3),
            }
        );

        world.Fail(2);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Fail();

        Assert.Equal("payments: half_open -> open (none of 3 probes succeeded)", Assert.Single(world.Signals).ToString());
        Assert.Equal((ReasonKind.ProbingFailed, 1), (world.Now.Reason.Kind, world.Now.Reopens));
    }

    [Fact]
    public void The_circuit_reopens_when_too_many_probes_in_a_row_were_ignored()
    {
        var world = HalfOpenWorld.World(
            new()
            {
                Tripper = HalfOpenWorld.QuietRule,
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(3),
            }
        );

        world.Ignore(2);
        world.Succeed();
        world.Ignore(2);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Ignore();

        Assert.Equal("payments: half_open -> open (3 probes in a row were ignored)", Assert.Single(world.Signals).ToString());
    }

    [Fact]
    public void Minimums_and_streaks_are_capped_at_the_number_of_probes()
    {
        var world = HalfOpenWorld.World(
            new()
            {
                Tripper = Tripper.MinRequests(100) & Tripper.FailureRate(0.5),
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(4),
            }
        );

        world.Succeed(2);
        world.Fail();
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Fail();

        Assert.Equal(
            "payments: half_open -> open (MinRequests 4 >= 4 & FailureRate 50% >= 50% (2 of 4))",
            Assert.Single(world.Signals).ToString()
        );
    }

    [Fact]
    public void WhenQuiet_closes_at_the_first_success_and_caps_no_minimum()
    {
        var world = HalfOpenWorld.World(
            new()
            {
                Tripper = Tripper.MinRequests(20) & Tripper.FailureRate(0.5),
                Permit = Permit.All,
                Recovery = Recovery.WhenQuiet,
            }
        );

        world.Ignore(50);
        world.Fail(19);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Succeed();

        Assert.Equal(BreakerState.Open, world.State);

        world.Breaker.Probe();
        world.Fail(18);
        world.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void A_ramp_delays_recovery_until_it_has_completed()
    {
        var world = HalfOpenWorld.World(
            new() { Permit = Permit.RampUp(1, 1, TimeSpan.FromSeconds(60)), Recovery = Recovery.AfterProbes(2) }
        );

        world.Succeed(5);
        world.Wait(59.999);
        world.Succeed(5);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Wait(0.001);
        world.Succeed();

        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void A_time_window_does_not_expire_while_half_open()
    {
        var world = HalfOpenWorld.World(
            new()
            {
                Window = Window.Time(TimeSpan.FromSeconds(1)),
                Tripper = Tripper.MinRequests(3) & Tripper.FailureRate(0.5),
                Permit = Permit.All,
            }
        );

        for (var minute = 0; minute < 3; minute++)
        {
            world.Wait(60);
            world.Fail();
        }

        Assert.Equal("MinRequests 3 >= 3 & FailureRate 100% >= 50% (3 of 3)", world.Now.Reason.Text);
    }

    [Fact]
    public void A_stale_result_does_not_change_the_state()
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                BreakDuration = BreakDuration.None,
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(1),
            }
        );
        var (early, other) = (world.Begin(), world.Begin());
        world.Fail();
        var probe = world.Begin();

        early.Settle(Verdict.Success);
        other.Settle(Verdict.Failure);
        Assert.Equal((BreakerState.HalfOpen, 2), (world.State, world.Now.Stale));

        probe.Settle(Verdict.Success);
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void Ignored_and_disposed_probes_return_their_permits()
    {
        var world = HalfOpenWorld.World(
            new()
            {
                Tripper = HalfOpenWorld.QuietRule,
                Permit = Permit.MaxConcurrent(1),
                Recovery = Recovery.AfterProbes(5),
            }
        );

        world.Begin().Settle(Verdict.Ignored);
        world.Begin().Dispose();
        world.Begin();

        world.Rejects();
    }
}
