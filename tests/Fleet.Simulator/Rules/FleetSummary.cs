namespace Fluxgate;

/// <summary>What the fleet knows and has decided, for one breaker. A member that leads writes it; all members read it.</summary>
internal sealed record FleetSummary(long Revision, int Live, int Known, IReadOnlyList<ScopeSummary> Scopes)
{
    public static FleetSummary Empty(int zones) => new(0, 0, 0, [.. Enumerable.Range(0, zones).Select(_ => new ScopeSummary())]);
}

/// <summary>The part of a summary that concerns one zone; a fleet without zones is one.</summary>
internal sealed record ScopeSummary
{
    /// <summary>Gets the revision at which the scope tripped last; 0 if it never has.</summary>
    public long Epoch { get; init; }

    /// <summary>Gets whether the scope has tripped and has not recovered.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Gets the share of the members that may return.</summary>
    public double Share { get; init; }

    /// <summary>Gets the revision at which the share changed last.</summary>
    public long ShareSince { get; init; }

    /// <summary>Gets how often the cohort was sent back to the start in this epoch.</summary>
    public int Setbacks { get; init; }

    /// <summary>Gets the revision until which the share does not grow.</summary>
    public long HoldsUntil { get; init; }

    /// <summary>Gets the failure rate that is usual while the scope is closed; <see langword="null"/> before there were calls.</summary>
    public double? UsualRate { get; init; }

    public int Votes { get; init; }

    public int Quorum { get; init; }

    /// <summary>Returns whether a member belongs to the cohort. After a setback, other members are first.</summary>
    public bool Includes(int member) => Share >= 1 || MemberRank.Of(member, Epoch + Setbacks) < Share;
}
