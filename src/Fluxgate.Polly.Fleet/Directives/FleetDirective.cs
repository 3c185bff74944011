namespace Fluxgate;

/// <summary>An instruction to a part of the fleet. If several cover a circuit, the newest one in force applies. Immutable.</summary>
public sealed record FleetDirective
{
    /// <summary>Gets the revision at which it was written, which identifies it.</summary>
    public required long Revision { get; init; }

    /// <summary>Gets the action. If a newer version of the library has written an action that this version does not know, this version keeps the directive, and applies the older directives that cover the circuit.</summary>
    public required FleetAction Action { get; init; }

    /// <summary>Gets which circuits it covers: a name, or a pattern in which <c>*</c> stands for any text, such as <c>tenants/*</c>. Case-insensitive.</summary>
    public required string Circuits { get; init; }

    /// <summary>Gets the zone whose members apply it; <see langword="null"/> for all zones.</summary>
    public string? Zone { get; init; }

    /// <summary>Gets the share of the members that apply it, in percent, greater than 0 and at most 100.</summary>
    public double Percentage { get; init; } = 100;

    /// <summary>Gets why it was issued.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets who issued it.</summary>
    public required string By { get; init; }

    /// <summary>Gets when it was issued, on the store's clock.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Gets when it ends, on the store's clock; <see langword="null"/> if it stays until another one takes its place.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets the fields as they were written, with those that this version does not know: whoever writes the directives again must not drop them.</summary>
    internal ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>Gets the state that the directive demands as long as it is in force; <see langword="null"/> if it demands none.</summary>
    internal BreakerState? Demands =>
        Action switch
        {
            FleetAction.ForceOpen => BreakerState.ForcedOpen,
            FleetAction.Disable => BreakerState.Disabled,
            FleetAction.MetricsOnly => BreakerState.MetricsOnly,
            _ => null,
        };

    /// <summary>Gets the place among all directives, which also identifies it: the later one counts. Revisions of two histories that forked may be the same.</summary>
    internal (DateTimeOffset IssuedAt, long Revision) Place => (IssuedAt, Revision);

    /// <summary>Gets whether this version of the library knows the action.</summary>
    internal bool IsKnown => Action is >= FleetAction.ForceOpen and <= FleetAction.Release;

    /// <summary>Gets whether it ends older directives for good.</summary>
    internal bool IsTombstone => Action is FleetAction.Release or FleetAction.Reset;

    /// <summary>Returns one line for logs and audits.</summary>
    /// <returns>The action, what it covers, by whom and why.</returns>
    public override string ToString()
    {
        var zone = Zone is null ? "" : $" in zone {Zone}";
        var share = Percentage < 100 ? $" on {RuleText.Number(Percentage)}% of the members" : "";
        var until = ExpiresAt is { } end ? $" for {RuleText.Duration(end - IssuedAt)}" : "";
        return OneLine.Of($"{Action} {Circuits}{zone}{share}{until} by {By}: {Reason} (directive {RuleText.Number(Revision)})");
    }

    /// <summary>Returns whether a circuit is in another state than the directive demands.</summary>
    internal bool IsDisobeyedBy(BreakerState state) => Demands is { } demanded && state != demanded;

    /// <summary>Returns whether a member obeys the directive for a circuit.</summary>
    internal bool Covers(string circuit, FleetIdentity member) =>
        (Zone is null || string.Equals(Zone, member.Zone, StringComparison.Ordinal))
        && Glob.Matches(Circuits, circuit)
        && (Percentage >= 100 || Share.Of(member.Id, Circuits) < Percentage);

    /// <summary>Returns whether whoever obeys another directive would obey this one instead, so that the other one has no effect while this one is in force.</summary>
    internal bool CoversAllOf(FleetDirective other)
    {
        var isSamePattern = string.Equals(Circuits, other.Circuits, StringComparison.OrdinalIgnoreCase);
        return (isSamePattern || Glob.IsAll(Circuits))
            && (Zone is null || string.Equals(Zone, other.Zone, StringComparison.Ordinal))
            && (Percentage >= 100 || (isSamePattern && Percentage >= other.Percentage));
    }
}
