namespace Fluxgate;

/// <summary>
/// The probe that the current code runs in, so that a call through the same breaker inside of it belongs to it. Flows with the execution context;
/// only probes set it, and only half-open circuits read it.
/// </summary>
/// <remarks>Work that outlives the probe keeps the scope, but not the probe: a probe that has settled admits no calls.</remarks>
internal sealed class ProbeScope
{
    private static readonly AsyncLocal<ProbeScope?> Flowing = new();

    private readonly ProbeScope? _outer;
    private volatile Probe? _probe;

    /// <summary>Creates a scope inside the current one, for probes of several breakers around each other.</summary>
    public ProbeScope(Probe probe)
    {
        (_probe, probe.Scope) = (probe, this);
        for (_outer = Current; _outer is { _probe: null }; _outer = _outer._outer) { }

        // The probe ends its scope when it ends. If it ended before it had one, nothing else does.
        Interlocked.MemoryBarrier();
        if (!probe.IsInFlight)
        {
            _probe = null;
        }
    }

    public static ProbeScope? Current
    {
        get => Flowing.Value;
        set => Flowing.Value = value;
    }

    /// <summary>Returns the probe of a machine that the current code runs in.</summary>
    public static Probe? Of(StateMachine machine)
    {
        for (var scope = Current; scope is not null; scope = scope._outer)
        {
            if (scope._probe is { } probe && ReferenceEquals(probe.Phase.Machine, machine))
            {
                return probe;
            }
        }

        return null;
    }

    /// <summary>Ends the scope, and holds the probe no longer.</summary>
    public void End() => _probe = null;
}
