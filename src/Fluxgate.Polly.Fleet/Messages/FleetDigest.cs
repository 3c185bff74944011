namespace Fluxgate;

/// <summary>What one member writes of itself.</summary>
internal sealed record FleetDigest
{
    public string? Zone { get; init; }

    /// <summary>Gets the number, which grows with each digest: a member whose number stands still is not alive.</summary>
    public required long Number { get; init; }

    /// <summary>Gets the time over which the calls were counted.</summary>
    public TimeSpan Period { get; init; }

    /// <summary>Gets the revision of the directives that the member knows.</summary>
    public long Directives { get; init; }

    public IReadOnlyList<FleetCircuitReport> Circuits { get; init; } = [];

    /// <summary>Gets the number of circuits that found no place.</summary>
    public long Omitted { get; init; }
}
