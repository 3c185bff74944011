namespace Fluxgate;

/// <summary>The timer of <c>ProbeWithoutTraffic</c> asks the probe gate if no call does.</summary>
public sealed class GatedTimers
{
    [Fact]
    public void The_timer_asks_at_the_end_of_the_break_and_of_each_postponement()
    {
        var gate = new ScriptedGate(0.3, 30);
        var world = Waking(gate);

        world.Wait(10);
        Assert.Equal((1, BreakerState.Open, TimeSpan.FromSeconds(0.3)), (gate.Asked.Count, world.State, world.Now.RetryAfter));
        world.Wait(30.299);
        Assert.Equal((2, BreakerState.Open), (gate.Asked.Count, world.State));
        world.Wait(0.001);

        Assert.Equal((3, BreakerState.HalfOpen), (gate.Asked.Count, world.State));
        Assert.Equal([10, 10.3, 40.3], gate.Asked.Select(circuit => circuit.OpenFor.TotalSeconds));
    }

    [Fact]
    public void The_timer_does_not_fire_before_the_postponement_ends()
    {
        var world = Waking(new ScriptedGate(30));

        world.Wait(39.999);

        Assert.Equal(1, world.Time.TimersFired);
    }

    [Fact]
    public void A_postponement_that_a_call_asked_for_sets_the_timer()
    {
        var gate = new ScriptedGate(0.3);
        var world = Waking(gate);

        // The timer is late, and the call comes first.
        world.Time.JumpMonotonicClock(TimeSpan.FromSeconds(10.2));
        world.Rejects();
        world.Wait(0.299);
        Assert.Equal(BreakerState.Open, world.State);
        world.Wait(0.001);

        Assert.Equal((BreakerState.HalfOpen, 2), (world.State, gate.Asked.Count));
    }

    [Fact]
    public void A_timer_that_fires_while_a_call_asks_comes_back_for_the_postponement()
    {
        var gate = new ScriptedGate(0.3);
        var world = Waking(gate);
        world.Time.JumpMonotonicClock(TimeSpan.FromSeconds(10));

        gate.Meanwhile = () =>
        {
            gate.Meanwhile = () => { };
            world.Wait(0);
        };
        world.Rejects();
        Assert.Equal((1, 1), (gate.Asked.Count, world.Time.TimersFired));
        world.Wait(0.3);

        Assert.Equal((BreakerState.HalfOpen, 2), (world.State, gate.Asked.Count));
    }

    [Fact]
    public void The_timer_ends_the_break_although_the_gate_hangs_in_a_call()
    {
        using var hanging = new HangingGate();
        var world = Waking(hanging.Gate);
        world.Time.JumpMonotonicClock(ScriptedGate.Break);
        var call = hanging.Hang(() => world.Breaker.TryAdmit(out _));

        world.Wait(0.999);
        Assert.Equal(BreakerState.Open, world.State);
        world.Wait(0.001);

        Assert.Equal((BreakerState.HalfOpen, 1), (world.State, world.Now.UserErrors(UserErrorSource.ProbeGate)));
        hanging.Release(call);
    }

    [Fact]
    public void The_timer_ends_the_break_although_the_gate_hangs_in_the_timer()
    {
        using var hanging = new HangingGate();
        var world = Waking(hanging.Gate);
        var timer = hanging.Hang(() => world.Time.Advance(ScriptedGate.Break));

        world.Wait(0.999);
        Assert.Equal(BreakerState.Open, world.State);
        world.Wait(0.001);

        Assert.Equal((BreakerState.HalfOpen, 1), (world.State, world.Now.UserErrors(UserErrorSource.ProbeGate)));
        hanging.Release(timer);
        Assert.Equal(BreakerState.HalfOpen, world.State);
    }

    [Fact]
    public void There_is_no_timer_without_ProbeWithoutTraffic()
    {
        var world = new ScriptedGate(5).OpenWorld();
        world.Wait(10);

        world.Rejects();

        Assert.Equal(0, world.Time.ArmedTimers);
    }

    private static World Waking(ScriptedGate gate) => gate.OpenWorld(settings => settings.ProbeWithoutTraffic = true);
}
