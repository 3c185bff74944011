namespace Fluxgate;

/// <summary>Probe gates of the circuits of a group, and their eviction.</summary>
public sealed class GatedGroups
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    // Eviction is late by a fifth of the timeout at most.
    private static readonly TimeSpan Late = Timeout / 5;

    private readonly List<ProbeGateContext> _asked = [];
    private TimeSpan? _wait = TimeSpan.FromMinutes(1);

    [Fact]
    public void The_gate_sees_the_group_and_the_key()
    {
        var world = Tripped();
        world.Time.Advance(ScriptedGate.Break);

        world.Call("acme");

        var circuit = Assert.Single(_asked);
        Assert.Equal(("tenants/acme", "tenants", "acme"), (circuit.CircuitName, circuit.GroupName, circuit.Key));
    }

    [Fact]
    public void A_circuit_whose_timer_is_postponed_for_ever_is_evicted_without_calls()
    {
        var world = Tripped(settings => settings.ProbeWithoutTraffic = true);

        world.Time.Advance(Timeout - TimeSpan.FromMinutes(1));
        Assert.Equal(("acme", true), (world.Keys, _asked.Count > 5));
        world.Wait(ScriptedGate.Break + Late + TimeSpan.FromMinutes(1), detached: 1);

        Assert.Empty(world.Group);
        var asked = _asked.Count;
        world.Time.Advance(Timeout);
        Assert.Equal(asked, _asked.Count);
    }

    [Fact]
    public void A_circuit_that_a_call_postponed_stays_until_its_time_has_passed()
    {
        _wait = 2 * Timeout;
        var world = Tripped();
        world.Time.Advance(ScriptedGate.Break);
        Assert.False(world.Call("acme"));

        world.Time.Advance((3 * Timeout) - TimeSpan.FromSeconds(1));
        Assert.Equal("acme", world.Keys);
        world.Wait(Late, detached: 1);

        Assert.Empty(world.Group);
    }

    [Fact]
    public void A_call_in_the_gate_of_an_evicted_circuit_goes_to_the_new_circuit()
    {
        GroupWorld? world = null;
        world = Tripped();
        world.Time.Advance(ScriptedGate.Break);
        var member = world.Group.Find("acme")!;
        _meanwhile = () => world.Group.Evict(member, member.Machine.Phase);

        Assert.True(world.Call("acme"));

        Assert.Equal((1, BreakerState.Closed), (world.Now.Evicted, world.Group.GetOrAdd("acme").State));
    }

    private Action? _meanwhile;

    private GroupWorld Tripped(Action<FluxgateBreakerSettings>? change = null)
    {
        var settings = new FluxgateBreakerSettings
        {
            Tripper = Tripper.FailureStreak(3),
            BreakDuration = BreakDuration.Fixed(ScriptedGate.Break),
            ProbeGate = Ask,
        };
        change?.Invoke(settings);
        var world = new GroupWorld(settings: settings);
        world.Fail("acme");
        Assert.Equal(BreakerState.Open, world.Group.GetOrAdd("acme").State);
        return world;
    }

    private TimeSpan? Ask(ProbeGateContext circuit)
    {
        _asked.Add(circuit);
        Interlocked.Exchange(ref _meanwhile, null)?.Invoke();
        return _wait;
    }
}
