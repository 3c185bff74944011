namespace Fluxgate;

/// <summary>The number of earlier calls that a permit receives as Asked.</summary>
public sealed class ProbeRequests
{
    private readonly List<long> _asked = [];
    private readonly World _world;

    public ProbeRequests() => _world = HalfOpenWorld.World(Settings(probes: 10));

    [Fact]
    public void Attempts_counts_earlier_calls_without_the_current_one()
    {
        _world.Ask(4);

        // The first probe of a phase is admitted without its permit, and counts.
        Assert.Equal([1, 2, 3], _asked);
    }

    [Fact]
    public void Attempts_counts_admitted_and_rejected_calls()
    {
        _world.Ask(1);
        _world.Rejects(2);
        _world.Ask(1);

        Assert.Equal([1, 2, 3], _asked);
    }

    [Fact]
    public void Attempts_continues_after_a_reconfiguration()
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
    public void Attempts_starts_at_zero_in_the_next_phase()
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

    /// <summary>Records Asked, and rejects.</summary>
    private sealed class AskedPermit(List<long> asked) : Permit
    {
        public override bool Admits(in PermitContext context)
        {
            asked.Add(context.Attempts);
            return false;
        }
    }
}
