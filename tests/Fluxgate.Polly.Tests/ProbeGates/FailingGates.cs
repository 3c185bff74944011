namespace Fluxgate;

/// <summary>Rule 8: a probe gate that fails lets go. The error is counted and reported.</summary>
public sealed class FailingGates
{
    [Fact]
    public void A_gate_that_throws_allows_probing()
    {
        var world = new World(new() { ProbeGate = _ => Broken.Throw<TimeSpan?>() });
        world.Breaker.Trip();
        world.Wait(60);

        world.Begin();

        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.AssertFailed(UserErrorSource.ProbeGate, 1);
    }

    [Theory]
    [InlineData(0, "00:00:00")]
    [InlineData(-1, "-00:00:01")]
    [InlineData(86_400.001, "1.00:00:00.0010000")]
    public void A_gate_that_returns_a_time_out_of_range_allows_probing(double seconds, string text)
    {
        var world = new ScriptedGate(seconds).OpenWorld();
        world.Wait(10);

        world.Begin();

        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.AssertFailed(
            UserErrorSource.ProbeGate,
            1,
            $"ProbeGate must return null, or a time greater than zero and at most 1d, but returned {text}."
        );
    }

    [Theory]
    [InlineData(0.000_0001)]
    [InlineData(86_400)]
    public void The_shortest_and_the_longest_time_are_accepted(double seconds)
    {
        var world = new ScriptedGate(seconds).OpenWorld();
        world.Wait(10);

        world.Rejects();

        Assert.Equal((BreakerState.Open, 0), (world.State, world.Now.UserErrors(UserErrorSource.ProbeGate)));
    }

    [Fact]
    public void The_next_call_probes_although_the_gate_hangs()
    {
        using var hanging = new HangingGate();
        var world = hanging.Gate.OpenWorld();
        world.Wait(10);
        var call = hanging.Hang(() => world.Breaker.TryAdmit(out _));

        world.Wait(0.999);
        world.Rejects();
        world.Wait(0.001);
        world.Begin();

        Assert.Equal((BreakerState.HalfOpen, 1), (world.State, hanging.Gate.Asked.Count));
        world.AssertFailed(UserErrorSource.ProbeGate, 1, "ProbeGate has not returned for 1s.");
        hanging.Release(call);
    }

    [Fact]
    public void A_postponement_that_comes_too_late_has_no_effect()
    {
        using var hanging = new HangingGate(500);
        var world = hanging.Gate.OpenWorld(settings => (settings.Permit, settings.Recovery) = (Permit.All, Recovery.AfterProbes(1)));
        world.Wait(10);
        var call = hanging.Hang(() => world.Succeed());
        world.Wait(1);
        world.Succeed();

        hanging.Release(call);

        Assert.Equal((BreakerState.Closed, 2, 0), (world.State, world.Now.Successes, world.Now.Rejected));
    }

    [Fact]
    public void A_gate_that_reads_the_breaker_finds_it_open()
    {
        var gate = new ScriptedGate();
        var world = gate.OpenWorld();
        world.Wait(10);
        BreakerSnapshot? seen = null;
        gate.Meanwhile = () => seen = world.Now;

        world.Begin();

        Assert.Equal((BreakerState.Open, null), (seen!.State, seen.RetryAfter));
    }
}
