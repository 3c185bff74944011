namespace Fluxgate;

/// <summary>What one member reports of one of its circuits.</summary>
public sealed record FleetCircuitReport
{
    /// <summary>Gets the circuit's name; that of a key of a group is <c>group/key</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the name of the group that the circuit belongs to, or <see langword="null"/> if it belongs to none.</summary>
    public string? Group { get; init; }

    /// <summary>Gets the state.</summary>
    public BreakerState State { get; init; }

    /// <summary>Gets the kind of the reason why it is in this state.</summary>
    public ReasonKind ReasonKind { get; init; }

    /// <summary>Gets the reason, one line of at most 256 characters. Empty if the circuit is closed.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Gets the text of the rule that opens the circuit, at most 512 characters.</summary>
    public string Rule { get; init; } = "";

    /// <summary>Gets the calls since the member's previous digest.</summary>
    public FleetCalls Calls { get; init; }

    /// <summary>Gets the slow calls since the member's previous digest, by threshold.</summary>
    public IReadOnlyList<FleetSlowCalls> SlowCalls { get; init; } = [];

    /// <summary>Gets the revision of the directive that the circuit applied last; 0 if there is none.</summary>
    public long Directive { get; init; }

    /// <summary>Gets whether the circuit is in a different state than the directive in force requires, because of a manual call in the process.</summary>
    public bool IsDivergent { get; init; }
}
