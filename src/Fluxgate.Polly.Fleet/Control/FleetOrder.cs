namespace Fluxgate;

/// <summary>The request of an operator to a fleet: a directive before it is issued.</summary>
/// <param name="Action">What to do.</param>
public sealed record FleetOrder(FleetAction Action)
{
    /// <summary>Gets the circuits to control: a name, or a pattern in which <c>*</c> stands for any text. A key of a group is <c>group/key</c>. 1 to 256 characters, case-insensitive.</summary>
    public required string Circuits { get; init; }

    /// <summary>Gets the reason, at most 256 characters. Required.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets the name of the operator, at most 256 characters. Required.</summary>
    public required string By { get; init; }

    /// <summary>Gets the zone whose members apply the directive.</summary>
    /// <value><see langword="null"/> by default: all zones.</value>
    public string? Zone { get; init; }

    /// <summary>Gets the share of the members that apply the directive, in percent, greater than 0 and at most 100. For the same pattern, the members of a smaller share are among those of a greater one.</summary>
    /// <value>100 by default.</value>
    public double Percentage { get; init; } = 100;

    /// <summary>Gets how long the directive is in force, 1 s to 365 days. A release and a reset take none.</summary>
    /// <value><see langword="null"/> by default: until another directive.</value>
    public TimeSpan? Duration { get; init; }

    /// <summary>Gets the revision of the directives that the operator saw. If they have changed since, the order is rejected.</summary>
    /// <value><see langword="null"/> by default: the revision when the order is issued.</value>
    public long? ExpectedRevision { get; init; }
}
