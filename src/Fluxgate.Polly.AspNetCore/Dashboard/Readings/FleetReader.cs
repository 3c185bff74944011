namespace Fluxgate;

/// <summary>Reads what the dashboard shows of a fleet.</summary>
internal static class FleetReader
{
    private const int MostMembers = 1000;
    private const int MostCircuitsInList = 10;

    private static readonly BreakerState[] States = Enum.GetValues<BreakerState>();

    /// <summary>Reads the fleet as this process knows it, from memory.</summary>
    /// <param name="view">The view.</param>
    /// <param name="now">The time on the wall clock.</param>
    public static FleetRow Of(IFleetView view, DateTimeOffset now)
    {
        var status = view.Status;
        return new()
        {
            Name = view.Fleet,
            MemberId = view.MemberId,
            Connected = status.IsConnected,
            ConnectedUntil = status.IsConnected || status.LastExchange is not { } age ? null : Seconds(now - age),
            Error = status.IsConnected ? null : status.LastError,
            Divergent = status.Divergent,
            Summary = view.Summary is { } summary ? Of(summary) : null,
            Directives = [.. view.Directives.Select(Of)],
        };
    }

    public static FleetDirectivesRow Of(FleetDirectives directives) =>
        new(directives.Revision, directives.StoreTime, [.. directives.All.Select(Of)]);

    public static FleetDirectiveRow Of(FleetDirective directive) =>
        new(
            directive.Revision,
            FleetActions.NameOf(directive.Action),
            directive.Circuits,
            directive.Zone,
            directive.Percentage,
            directive.Reason,
            directive.By,
            directive.IssuedAt,
            directive.ExpiresAt
        );

    public static FleetAuditRow Of(FleetAuditEntry entry) =>
        new(entry.At, entry.By, entry.Text, entry.Directive is { } directive ? Of(directive) : null);

    /// <summary>Reads the list of members. Its size is bounded.</summary>
    public static FleetMembersRow Of(FleetReport report) =>
        new(
            report.Members.Count,
            [
                .. report
                    .Members.Select(member => Of(member, IsTroubled, MostCircuitsInList))
                    .OrderByDescending(member => member.Alive)
                    .ThenByDescending(member => member.Divergent)
                    .ThenBy(member => member.States.GetValueOrDefault(BreakerState.Closed.ToLabel()) - member.States.Values.Sum())
                    .ThenBy(member => member.Id, StringComparer.Ordinal)
                    .Take(MostMembers),
            ],
            report.IgnoredDigests
        );

    /// <summary>Reads a member with all of its circuits.</summary>
    public static FleetMemberRow Of(FleetMemberReport member) => Of(member, _ => true, int.MaxValue);

    private static FleetMemberRow Of(FleetMemberReport member, Func<FleetCircuitReport, bool> isShown, int most) =>
        new(
            member.Id,
            member.Zone,
            member.IsAlive,
            Math.Round(member.LastSeen.TotalSeconds, 1),
            member.Directives,
            CountsOf(state => member.Circuits.Count(circuit => circuit.State == state)),
            member.Circuits.Count(circuit => circuit.IsDivergent),
            [
                .. member
                    .Circuits.Where(isShown)
                    .OrderByDescending(circuit => circuit.IsDivergent)
                    .Take(most)
                    .Select(circuit => new FleetMemberCircuitRow(
                        circuit.Name,
                        circuit.State.ToLabel(),
                        circuit.Reason,
                        circuit.Rule,
                        circuit.Directive,
                        circuit.IsDivergent
                    )),
            ],
            member.OmittedCircuits
        );

    private static FleetSummaryRow Of(FleetSummary summary) =>
        new(
            summary.Leader,
            summary.Members,
            summary.Zones,
            [
                .. summary
                    .Circuits.OrderByDescending(circuit =>
                        circuit.MembersIn(BreakerState.Open) + circuit.MembersIn(BreakerState.ForcedOpen)
                    )
                    .ThenByDescending(circuit => circuit.Members - circuit.MembersIn(BreakerState.Closed))
                    .ThenBy(circuit => circuit.Name, StringComparer.Ordinal)
                    .Select(circuit => new FleetCircuitRow(
                        circuit.Name,
                        circuit.Group,
                        circuit.Members,
                        CountsOf(circuit.MembersIn),
                        circuit.Divergent,
                        circuit.Rules
                    )),
            ],
            summary.OmittedCircuits,
            summary.IgnoredDigests
        );

    private static bool IsTroubled(FleetCircuitReport circuit) => circuit.State != BreakerState.Closed || circuit.IsDivergent;

    private static Dictionary<string, int> CountsOf(Func<BreakerState, int> count) =>
        States
            .Select(state => (State: state, Count: count(state)))
            .Where(counted => counted.Count > 0)
            .ToDictionary(counted => counted.State.ToLabel(), counted => counted.Count, StringComparer.Ordinal);

    // To the second, so that a fleet that is lost for some time is not sent again and again.
    private static DateTimeOffset Seconds(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeSeconds((long)Math.Round(time.ToUnixTimeMilliseconds() / 1000.0));
}
