namespace Fluxgate;

/// <summary>Which transitions of a member are votes, and how many votes are a quorum.</summary>
internal static class Votes
{
    /// <summary>
    /// Returns whether a transition is a vote: the breaker's own rule opened a closed circuit. A failed probe says nothing that the fleet does not
    /// know, what the fleet caused is the fleet's own echo, and a manual call is no observation.
    /// </summary>
    public static bool IsVote(Signal signal) =>
        signal is { OldState: BreakerState.Closed, NewState: BreakerState.Open, Reason.Kind: ReasonKind.Tripped };

    /// <summary>Returns the number of votes that are a quorum.</summary>
    public static int Quorum(FleetRules rules, int eligible) =>
        Math.Max(rules.QuorumMinimum, (int)Math.Ceiling((rules.QuorumRatio * eligible) - 1e-9));
}
