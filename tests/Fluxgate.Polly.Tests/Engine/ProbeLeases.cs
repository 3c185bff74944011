namespace Fluxgate;

/// <summary>A probe that never returns is settled by its lease, which the next admission or settle detects.</summary>
public sealed class ProbeLeases
{
    [Fact]
    public void An_expired_lease_counts_as_a_failure_and_returns_its_permit()
    {
        var world = HalfOpenWorld.World(new() { Permit = Permit.MaxConcurrent(1) });
        world.Begin();

        world.Wait(29.999);
        world.Rejects();
        world.Wait(0.001);
        world.Begin();

        Assert.Equal((1, 1, 1), (world.Now.Failures, world.Now.HalfOpenInFlight, world.Now.ConsecutiveFailures));
    }

    [Fact]
    public void A_result_after_an_expired_lease_is_stale_and_counted_once()
    {
        var world = HalfOpenWorld.World(
            new()
            {
                Tripper = HalfOpenWorld.QuietRule,
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(3),
            }
        );
        var late = world.Begin();
        world.Wait(30);
        world.Succeed();

        Assert.Null(late.Settle(Verdict.Success));

        Assert.Equal((1, 1, 2, 1, 0), (world.Now.Successes, world.Now.Failures, world.Now.Requests, world.Now.Stale, world.Now.InFlight));
        Assert.Equal(BreakerState.HalfOpen, world.State);
    }

    [Fact]
    public void A_stale_result_after_a_would_trip_settles_expired_leases()
    {
        var world = new World(
            new()
            {
                InitialState = BreakerState.MetricsOnly,
                Tripper = Tripper.SlowRate(0.8, TimeSpan.FromSeconds(1)),
                Recovery = Recovery.AfterProbes(1),
            }
        );
        var overdue = world.Begin();
        world.Wait(2);
        Assert.Equal(1, world.Now.WouldTrips);
        world.Breaker.Probe();
        world.Begin();
        world.Wait(30);

        var reopened = overdue.Settle(Verdict.Success);

        Assert.Equal((BreakerState.HalfOpen, BreakerState.Open), (reopened?.OldState, reopened?.NewState));
        Assert.Equal((1, 1), (world.Now.Failures, world.Now.Stale));
    }

    [Fact]
    public void The_reason_says_how_many_probes_exceeded_the_lease()
    {
        var world = HalfOpenWorld.World(
            new()
            {
                Tripper = Tripper.FailureStreak(3),
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(5),
            }
        );
        var late = world.Ask(2);
        world.Wait(30);
        world.Fail();

        Assert.Equal("FailureStreak 3 >= 3, 2 of 3 probes exceeded the lease of 30s", Assert.Single(world.Signals).Reason.Text);

        // Healthy calls that take longer than the lease would re-open the circuit again and again.
        world.Wait(15);
        late[0].Settle(Verdict.Success);
        late[1].Settle(Verdict.Failure);
        Assert.Equal(
            "payments: a probe succeeded after 45s, but counted as a failure after its lease of 30s",
            Assert.Single(world.Notices.OfType<LeaseExceededNotice>()).ToString()
        );
    }

    [Fact]
    public void Settle_detects_its_own_expired_lease()
    {
        var world = HalfOpenWorld.World(
            new()
            {
                Tripper = HalfOpenWorld.QuietRule,
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(1),
            }
        );
        var probe = world.Begin();
        world.Wait(30);

        Assert.Equal(
            "payments: half_open -> open (none of 1 probes succeeded, 1 of 1 probes exceeded the lease of 30s)",
            probe.Settle(Verdict.Success)!.ToString()
        );

        Assert.Equal((0, 1, 1), (world.Now.Successes, world.Now.Failures, world.Now.Stale));
    }

    [Fact]
    public void Leases_that_expire_together_reopen_the_circuit()
    {
        var world = HalfOpenWorld.World(
            new()
            {
                Tripper = HalfOpenWorld.QuietRule,
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(3),
            }
        );
        var probes = world.Ask(5);
        world.Wait(30);

        world.Rejects();

        Assert.Equal((BreakerState.Open, 3), (world.State, world.Now.Failures));
        Assert.All(probes, probe => probe.Settle(Verdict.Success));
        Assert.Equal((3, 2, 5, 5), (world.Now.Failures, world.Now.Successes, world.Now.Stale, world.Now.Requests));
    }

    [Fact]
    public void The_duration_of_an_expired_lease_is_the_lease()
    {
        var world = HalfOpenWorld.World(
            new()
            {
                Tripper = Tripper.SlowRate(0.5, TimeSpan.FromSeconds(5)),
                ProbeLease = TimeSpan.FromSeconds(5),
                Permit = Permit.All,
            }
        );
        world.Begin();
        world.Wait(60);

        world.Rejects();

        Assert.Equal("SlowRate 100% >= 50% (1 of 1 took 5s or longer), 1 of 1 probes exceeded the lease of 5s", world.Now.Reason.Text);
    }

    [Fact]
    public void A_call_outside_half_open_has_no_lease()
    {
        var world = new World();
        var call = world.Begin();
        world.Time.Advance(TimeSpan.FromDays(1));

        call.Settle(Verdict.Success);

        Assert.Equal((1, 0), (world.Now.Successes, world.Now.Stale));
    }
}
