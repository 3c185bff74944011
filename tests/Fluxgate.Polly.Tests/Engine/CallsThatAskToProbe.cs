namespace Fluxgate;

/// <summary>What a permit is told of the calls that have asked before this one.</summary>
public sealed class CallsThatAskToProbe
{
    private readonly List<long> _asked = [];
    private readonly World _world;

    public CallsThatAskToProbe() => _world = HalfOpenWorld.World(Settings(probes: 10));

    [Fact]
    public void Are_counted_one_by_one_without_the_call_that_asks()
    {
        _world.Ask(4);

        // The first probe of a phase is admitted without its permit, and counts.
        Assert.Equal([1, 2, 3], _asked);
    }

    [Fact]
    public void Are_counted_whether_they_are_admitted_or_not()
    {
        _world.Ask(1);
        _world.Rejects(2);
        _world.Ask(1);

        Assert.Equal([1, 2, 3], _asked);
    }

    [Fact]
    public void Are_counted_on_over_reconfigurations()
    {
        _world.Ask(2);
        for (var probes = 11; probes <= 13; probes++)
        {
            _world.Breaker.Reconfigure(Settings(probes));
            _world.Ask(1);
        }

        Assert.Equal([1, 2, 3, 4], _asked);
    }

    [Fact]
    public void Are_counted_anew_in_the_next_phase()
    {
        _world.Ask(3);
        _world.Breaker.Reset();
        _world.Breaker.Probe();
        _world.Ask(2);

        Assert.Equal([1, 2, 1], _asked);
    }

    private FluxgateBreakerSettings Settings(int probes) =>
        new()
        {
            Tripper = HalfOpenWorld.QuietRule,
            Permit = new AskedPermit(_asked),
            Recovery = Recovery.AfterProbes(probes),
        };

    /// <summary>Notes what it is told, and rejects.</summary>
    private sealed class AskedPermit(List<long> asked) : Permit
    {
        public override bool Admits(in PermitContext context)
        {
            asked.Add(context.Attempts);
            return false;
        }
    }
}
