namespace Fluxgate;

/// <summary>What one member reports of itself. Immutable.</summary>
public sealed record FleetMemberReport
{
    /// <summary>Gets the identifier of the member.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the zone; <see langword="null"/> if it has none.</summary>
    public string? Zone { get; init; }

    /// <summary>Gets the time since its last digest, on the store's clock.</summary>
    public TimeSpan LastSeen { get; init; }

    /// <summary>Gets whether it is alive: its last digest is younger than three intervals.</summary>
    public bool IsAlive { get; init; }

    /// <summary>Gets the revision of the directives that it knows.</summary>
    public long Directives { get; init; }

    /// <summary>Gets its circuits: first those that are not closed.</summary>
    public IReadOnlyList<FleetCircuitReport> Circuits { get; init; } = [];

    /// <summary>Gets the number of its circuits that the digest leaves out.</summary>
    public long OmittedCircuits { get; init; }
}
