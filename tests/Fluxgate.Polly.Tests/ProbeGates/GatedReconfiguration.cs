namespace Fluxgate;

/// <summary>Settings that change while a probe gate has postponed the end of a break.</summary>
public sealed class GatedReconfiguration
{
    private readonly ScriptedGate _gate = new(500);

    [Fact]
    public void A_postponement_stays_if_neither_the_break_nor_the_gate_changes()
    {
        var world = Postponed();

        Change(world, settings => settings.Tripper = Tripper.FailureStreak(9));

        Assert.Equal(TimeSpan.FromSeconds(500), world.Now.RetryAfter);
        world.Rejects();
        Assert.Single(_gate.Asked);
    }

    [Fact]
    public void A_postponement_ends_with_a_new_break_duration()
    {
        var world = Postponed();

        Change(world, settings => settings.BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(25)));
        Assert.Equal(TimeSpan.FromSeconds(15), world.Now.RetryAfter);
        world.Wait(15);
        world.Begin();

        Assert.Equal(2, _gate.Asked.Count);
        Assert.Equal("payments: open -> half_open (the break of 25s is over)", world.Signals[^1].ToString());
    }

    [Fact]
    public void A_postponement_ends_with_its_gate()
    {
        var world = Postponed();

        Change(world, settings => settings.ProbeGate = null);

        Assert.Equal((BreakerState.Open, null), (world.State, world.Now.RetryAfter));
        world.Begin();
    }

    [Fact]
    public void A_new_gate_is_asked_at_once()
    {
        var world = Postponed();
        var other = new ScriptedGate(7);

        Change(world, settings => settings.ProbeGate = other.Ask);
        world.Rejects();

        Assert.Equal((1, 1, TimeSpan.FromSeconds(7)), (_gate.Asked.Count, other.Asked.Count, world.Now.RetryAfter));
    }

    [Fact]
    public void A_gate_that_is_added_while_open_is_asked_at_the_end_of_the_break()
    {
        var world = new World(new() { BreakDuration = BreakDuration.Fixed(ScriptedGate.Break) });
        world.Breaker.Trip();
        Change(world, settings => settings.ProbeGate = _gate.Ask);
        Assert.Equal(ScriptedGate.Break, world.Now.RetryAfter);
        world.Wait(10);

        world.Rejects();

        Assert.Single(_gate.Asked);
    }

    [Fact]
    public void A_postponement_that_a_reconfiguration_overtakes_is_asked_for_again()
    {
        var gate = new ScriptedGate(5, 6);
        var world = gate.OpenWorld();
        world.Wait(10);
        gate.Meanwhile = () =>
        {
            gate.Meanwhile = () => { };
            Change(world, settings => settings.Tripper = Tripper.FailureStreak(9));
        };

        world.Rejects();

        Assert.Equal((2, TimeSpan.FromSeconds(6), 1), (gate.Asked.Count, world.Now.RetryAfter, world.Now.Rejected));
    }

    [Fact]
    public void The_timer_of_a_postponement_stays_set()
    {
        var world = Postponed(settings => settings.ProbeWithoutTraffic = true);
        Change(world, settings => settings.Tripper = Tripper.FailureStreak(9));

        world.Wait(499.999);
        Assert.Equal(BreakerState.Open, world.State);
        world.Wait(0.001);

        Assert.Equal(BreakerState.HalfOpen, world.State);
    }

    private World Postponed(Action<FluxgateBreakerSettings>? change = null)
    {
        var world = _gate.OpenWorld(change);
        world.Wait(10);
        world.Rejects();
        Assert.Equal(TimeSpan.FromSeconds(500), world.Now.RetryAfter);
        return world;
    }

    private static void Change(World world, Action<FluxgateBreakerSettings> change)
    {
        var settings = world.Breaker.CopySettings();
        change(settings);
        Assert.NotEmpty(world.Breaker.Reconfigure(settings));
    }
}
