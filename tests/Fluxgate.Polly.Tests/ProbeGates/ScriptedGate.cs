namespace Fluxgate;

/// <summary>A probe gate that returns the given times in turn and then lets go. It records what it was asked.</summary>
internal sealed class ScriptedGate(params double[] seconds)
{
    public static TimeSpan Break { get; } = TimeSpan.FromSeconds(10);

    public List<ProbeGateContext> Asked { get; } = [];

    /// <summary>Gets or sets what runs while the gate is asked.</summary>
    public Action Meanwhile { get; set; } = static () => { };

    /// <summary>Creates a breaker whose breaks take 10 s, and opens it.</summary>
    public World OpenWorld(Action<FluxgateBreakerSettings>? change = null)
    {
        var world = new World(Settings(change));
        world.Breaker.Trip();
        return world;
    }

    public FluxgateBreakerSettings Settings(Action<FluxgateBreakerSettings>? change = null)
    {
        var settings = new FluxgateBreakerSettings { BreakDuration = BreakDuration.Fixed(Break), ProbeGate = Ask };
        change?.Invoke(settings);
        return settings;
    }

    public TimeSpan? Ask(ProbeGateContext circuit)
    {
        Asked.Add(circuit);
        Meanwhile();
        return Asked.Count <= seconds.Length ? TimeSpan.FromSeconds(seconds[Asked.Count - 1]) : null;
    }
}
