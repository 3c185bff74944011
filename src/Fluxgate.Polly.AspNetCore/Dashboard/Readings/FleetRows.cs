namespace Fluxgate;

/// <summary>The fleet as this process knows it.</summary>
internal sealed record FleetRow
{
    public required string Name { get; init; }

    /// <summary>Gets the identifier of this process.</summary>
    public required string MemberId { get; init; }

    /// <summary>Gets whether the last exchange with the store succeeded.</summary>
    public required bool Connected { get; init; }

    /// <summary>Gets when the last exchange succeeded; <see langword="null"/> while connected, and if none has succeeded.</summary>
    public DateTimeOffset? ConnectedUntil { get; init; }

    /// <summary>Gets the error of the last exchange; <see langword="null"/> while connected.</summary>
    public string? Error { get; init; }

    /// <summary>Gets the number of circuits of this process that are in another state than a directive demands.</summary>
    public int Divergent { get; init; }

    /// <summary>Gets the summary of all live members; <see langword="null"/> while none is known.</summary>
    public FleetSummaryRow? Summary { get; init; }

    /// <summary>Gets the directives that this process knows, the oldest first. Of those that cover a circuit, the newest counts.</summary>
    public required IReadOnlyList<FleetDirectiveRow> Directives { get; init; }
}

/// <summary>The summary that one member, the leader, makes for all.</summary>
internal sealed record FleetSummaryRow(
    string Leader,
    int Members,
    IReadOnlyList<FleetZone> Zones,
    IReadOnlyList<FleetCircuitRow> Circuits,
    long OmittedCircuits,
    int IgnoredDigests
);

/// <summary>One circuit of the fleet.</summary>
/// <param name="Name">The name; that of a key of a group is <c>group/key</c>.</param>
/// <param name="Group">The name of its group.</param>
/// <param name="Members">The number of live members that have the circuit.</param>
/// <param name="States">The number of members in each state.</param>
/// <param name="Divergent">The number of members in which it is in another state than a directive demands.</param>
/// <param name="Rules">The number of different rules that members have for it.</param>
internal sealed record FleetCircuitRow(
    string Name,
    string? Group,
    int Members,
    IReadOnlyDictionary<string, int> States,
    int Divergent,
    int Rules
);

/// <summary>A directive. Times are on the store's clock.</summary>
internal sealed record FleetDirectiveRow(
    long Revision,
    string Action,
    string Circuits,
    string? Zone,
    double Percentage,
    string Reason,
    string By,
    DateTimeOffset IssuedAt,
    DateTimeOffset? ExpiresAt
);

/// <summary>The directives in the store.</summary>
/// <param name="Revision">Their revision. An order that names it is rejected if they have changed since.</param>
/// <param name="StoreTime">The time on the store's clock.</param>
/// <param name="Directives">The directives, the oldest first.</param>
internal sealed record FleetDirectivesRow(long Revision, DateTimeOffset StoreTime, IReadOnlyList<FleetDirectiveRow> Directives);

/// <summary>An entry of the audit.</summary>
internal sealed record FleetAuditRow(DateTimeOffset At, string By, string Text, FleetDirectiveRow? Directive);

/// <summary>The members in the store, those with the most circuits that are not closed first.</summary>
/// <param name="Count">The number of all members, of which at most 1,000 are listed.</param>
/// <param name="Members">The members.</param>
/// <param name="IgnoredDigests">The number of members whose digest could not be read.</param>
internal sealed record FleetMembersRow(int Count, IReadOnlyList<FleetMemberRow> Members, int IgnoredDigests);

/// <summary>One member.</summary>
/// <param name="Id">The identifier.</param>
/// <param name="Zone">The zone.</param>
/// <param name="Alive">Whether its last digest is younger than three intervals.</param>
/// <param name="LastSeenSeconds">The age of its last digest.</param>
/// <param name="DirectivesRevision">The revision of the directives that it knows.</param>
/// <param name="States">The number of its circuits in each state.</param>
/// <param name="Divergent">The number of its circuits in another state than a directive demands.</param>
/// <param name="Circuits">Its circuits. In the list of members: those that diverge or are not closed, at most 10.</param>
/// <param name="OmittedCircuits">The number of circuits that found no place in its digest.</param>
internal sealed record FleetMemberRow(
    string Id,
    string? Zone,
    bool Alive,
    double LastSeenSeconds,
    long DirectivesRevision,
    IReadOnlyDictionary<string, int> States,
    int Divergent,
    IReadOnlyList<FleetMemberCircuitRow> Circuits,
    long OmittedCircuits
);

/// <summary>One circuit of one member.</summary>
internal sealed record FleetMemberCircuitRow(string Name, string State, string Reason, string Rule, long Directive, bool Divergent);
