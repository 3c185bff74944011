namespace Fluxgate;

public sealed class ReconfiguredHalfOpenCircuits
{
    [Fact]
    public void Probes_in_flight_settle_as_current_and_count_for_the_recovery()
    {
        var world = Probing(With(Recovery.AfterProbes(3)));
        var probes = world.Ask(3);
        world.Breaker.Reconfigure(With(Recovery.AfterProbes(4), Tripper.FailureStreak(4)));
        Assert.Equal((BreakerState.HalfOpen, 3), (world.State, world.Now.HalfOpenInFlight));
        world.Breaker.Reconfigure(With(Recovery.AfterProbes(3), Tripper.FailureStreak(4)));
        probes[0].Settle(Verdict.Success);
        probes[1].Settle(Verdict.Success);
        Assert.Equal((BreakerState.HalfOpen, 2), (world.State, world.Now.WindowRequests));

        Assert.Equal("3 of 3 probes succeeded", probes[2].Settle(Verdict.Success)?.Reason.Text);
        Assert.Equal((0, 0, 3), (world.Now.Stale, world.Now.InFlight, world.Now.Successes));
    }

    [Fact]
    public void A_recovery_with_fewer_probes_closes_at_the_next_success()
    {
        var world = Probing(With(Recovery.AfterProbes(10)));
        world.Succeed(4);
        world.Breaker.Reconfigure(With(Recovery.AfterProbes(3)));
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Fail();
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Succeed();
        Assert.Equal("5 of 6 probes succeeded", world.Signals[^1].Reason.Text);
    }

    [Fact]
    public void A_stricter_rule_reopens_at_the_next_failed_probe()
    {
        var world = Probing(With(Recovery.AfterProbes(10), Tripper.FailureStreak(8)));
        world.Succeed();
        world.Fail(3);
        world.Breaker.Reconfigure(With(Recovery.AfterProbes(10), Tripper.FailureStreak(2)));
        world.Fail();
        Assert.Equal(("FailureStreak 4 >= 2", 1), (world.Signals[^1].Reason.Text, world.Now.Reopens));
    }

    [Fact]
    public void Failed_and_ignored_probes_continue_to_count()
    {
        var failed = Probing(With(Recovery.AfterProbes(5)));
        failed.Fail(3);
        failed.Breaker.Reconfigure(With(Recovery.AfterProbes(4)));
        failed.Fail();
        Assert.Equal("none of 4 probes succeeded", failed.Signals[^1].Reason.Text);

        var ignored = Probing(With(Recovery.AfterProbes(5)));
        ignored.Ignore(3);
        ignored.Breaker.Reconfigure(With(Recovery.AfterProbes(4)));
        ignored.Ignore();
        Assert.Equal("4 probes in a row were ignored", ignored.Signals[^1].Reason.Text);
    }

    [Fact]
    public void The_first_probe_is_not_admitted_twice()
    {
        var none = With(Recovery.AfterProbes(5));
        (none.Permit, none.Randomizer) = (Permit.Random(0.1), () => 0.5);
        var world = Probing(none);
        world.Succeed();
        world.Rejects();
        none.Recovery = Recovery.AfterProbes(6);
        world.Breaker.Reconfigure(none);
        world.Rejects();
    }

    [Fact]
    public void A_lease_keeps_its_deadline_and_a_shorter_one_can_end_earlier()
    {
        var world = Probing(With(Recovery.AfterProbes(5), lease: 30));
        var first = world.Begin();
        world.Wait(1);
        world.Breaker.Reconfigure(With(Recovery.AfterProbes(5), lease: 5));
        var second = world.Begin();
        world.Breaker.Reconfigure(With(Recovery.AfterProbes(5), lease: 10));
        var third = world.Begin();

        Assert.Equal(3, InFlight(world, after: 4.999));
        Assert.Equal(2, InFlight(world, after: 0.001));
        Assert.Equal(1, InFlight(world, after: 5));
        Assert.Equal(1, InFlight(world, after: 18.999));
        Assert.Equal(0, InFlight(world, after: 0.001));
        Assert.Equal((3, 0), (world.Now.Failures, world.Now.Stale));
        Assert.All([first, second, third], probe => Assert.Null(probe.Settle(Verdict.Success)));
        Assert.Equal((3, 3, 0), (world.Now.Failures, world.Now.Stale, world.Now.Successes));
    }

    [Fact]
    public void An_earlier_lease_keeps_its_deadline_when_leases_become_longer()
    {
        var world = Probing(With(Recovery.AfterProbes(5), lease: 5));
        world.Begin();
        world.Breaker.Reconfigure(With(Recovery.AfterProbes(5), lease: 30));
        world.Begin();
        Assert.Equal(1, InFlight(world, after: 5));
        Assert.Equal(1, InFlight(world, after: 24.999));
        Assert.Equal(0, InFlight(world, after: 0.001));
    }

    [Fact]
    public void A_timer_settles_leases_in_the_order_of_their_deadlines()
    {
        var world = Probing(Timed(30));
        world.Begin();
        world.Breaker.Reconfigure(Timed(5));
        world.Begin();
        world.Wait(4.999);
        Assert.Equal(2, world.Now.HalfOpenInFlight);
        world.Wait(0.001);
        Assert.Equal(1, world.Now.HalfOpenInFlight);
        world.Wait(25);
        Assert.Equal(0, world.Now.HalfOpenInFlight);
    }

    [Fact]
    public void A_timer_enabled_later_settles_the_leases_of_probes_in_flight()
    {
        var world = Probing(With(Recovery.AfterProbes(5), lease: 5));
        world.Begin();
        world.Wait(4);
        world.Breaker.Reconfigure(Timed(5));
        world.Wait(1);
        Assert.Equal((0, 1), (world.Now.HalfOpenInFlight, world.Now.Failures));
    }

    [Fact]
    public void A_lower_limit_applies_to_probes_in_flight_and_loses_no_permit()
    {
        var world = Probing(With(Recovery.AfterProbes(90), permit: Permit.MaxConcurrent(5)));
        var probes = world.Ask(9);
        Assert.Equal(5, probes.Count);
        world.Breaker.Reconfigure(With(Recovery.AfterProbes(90), permit: Permit.MaxConcurrent(2)));
        for (var settled = 0; settled < 4; settled++)
        {
            world.Rejects();
            probes[settled].Settle(Verdict.Success);
        }

        Assert.Single(world.Ask(9));
        world.Breaker.Reconfigure(With(Recovery.AfterProbes(90), permit: Permit.MaxConcurrent(6)));
        Assert.Equal(4, world.Ask(9).Count);
        Assert.Equal((6, 6), (world.Now.HalfOpenInFlight, world.Now.InFlight));
    }

    [Fact]
    public void A_ramp_counts_from_the_start_of_the_phase()
    {
        var world = Probing(With(Recovery.AfterProbes(1), permit: Permit.RampUp(1, 1, TimeSpan.FromSeconds(60))));
        world.Succeed();
        world.Wait(30);
        world.Breaker.Reconfigure(With(Recovery.AfterProbes(1), permit: Permit.RampUp(1, 1, TimeSpan.FromSeconds(40))));
        world.Wait(9.999);
        world.Succeed();
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Wait(0.001);
        world.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void An_equal_time_window_continues_and_another_starts_empty()
    {
        var settings = With(Recovery.AfterProbes(90), Tripper.FailureStreak(50));
        settings.Window = Window.Time(TimeSpan.FromSeconds(10));
        var world = Probing(settings);
        world.Fail(2);
        world.Succeed();
        world.Wait(60);
        settings.Tripper = Tripper.FailureStreak(60);
        world.Breaker.Reconfigure(settings);
        world.Fail();
        Assert.Equal((4, 3), (world.Now.WindowRequests, world.Now.WindowFailures));

        settings.Window = Window.Time(TimeSpan.FromSeconds(11));
        world.Breaker.Reconfigure(settings);
        world.Fail();
        Assert.Equal((1, 1, 2), (world.Now.WindowRequests, world.Now.WindowFailures, world.Now.ConsecutiveFailures));
    }

    // Evaluates durations only, and all are short here.
    private static Tripper Quick { get; } = Tripper.AvgLatency(TimeSpan.FromHours(1));

    private static World Probing(FluxgateBreakerSettings settings)
    {
        var world = new World(settings);
        world.Breaker.Probe();
        return world;
    }

    // The next settle detects an expired lease; an ignored probe changes nothing else.
    private static int InFlight(World world, double after)
    {
        world.Wait(after);
        world.Begin().Settle(Verdict.Ignored);
        return world.Now.HalfOpenInFlight;
    }

    private static FluxgateBreakerSettings Timed(double lease)
    {
        var settings = With(Recovery.AfterProbes(5), lease: lease);
        settings.ProbeWithoutTraffic = true;
        return settings;
    }

    private static FluxgateBreakerSettings With(Recovery recovery, Tripper? tripper = null, Permit? permit = null, double lease = 30) =>
        new()
        {
            Tripper = tripper ?? Quick,
            Permit = permit ?? Permit.All,
            Recovery = recovery,
            ProbeLease = TimeSpan.FromSeconds(lease),
        };
}
