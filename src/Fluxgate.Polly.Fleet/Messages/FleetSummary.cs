namespace Fluxgate;

/// <summary>The fleet as the leading member summarized it from the digests of all live members. Immutable.</summary>
public sealed record FleetSummary
{
    /// <summary>Gets the identifier of the member that made the summary.</summary>
    public string Leader { get; init; } = "";

    /// <summary>Gets the number of live members.</summary>
    public int Members { get; init; }

    /// <summary>Gets the zones, ordered by name, at most 64.</summary>
    public IReadOnlyList<FleetZone> Zones { get; init; } = [];

    /// <summary>Gets the circuits: first those that are not closed everywhere, then by name.</summary>
    public IReadOnlyList<FleetCircuit> Circuits { get; init; } = [];

    /// <summary>Gets the number of circuits that the summary leaves out.</summary>
    public long OmittedCircuits { get; init; }

    /// <summary>Gets the number of digests that could not be read and were ignored.</summary>
    public int IgnoredDigests { get; init; }
}
