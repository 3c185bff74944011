namespace Fluxgate;

/// <summary>Whether a member whose break is over may begin to probe.</summary>
internal static class ProbeGate
{
    /// <summary>Returns <see langword="null"/> if the member may begin, or the time after which to ask again.</summary>
    /// <param name="rules">The fleet's numbers.</param>
    /// <param name="scope">The scope of the member; <see langword="null"/> if the summary is out of date.</param>
    /// <param name="member">The number of the member.</param>
    /// <param name="hasLease">Whether the member holds a probe lease.</param>
    /// <param name="sinceBreak">How long the break has been over.</param>
    /// <param name="alone">How long the summary has been out of date.</param>
    /// <param name="live">The number of live members in the last summary.</param>
    public static TimeSpan? Wait(
        FleetRules rules,
        ScopeSummary? scope,
        int member,
        bool hasLease,
        TimeSpan sinceBreak,
        TimeSpan alone,
        int live
    )
    {
        if (scope is null)
        {
            // Alone: each member has a moment of its own in every round, so that no more begin in a second, whenever their breaks are over.
            var round = live / rules.LoneProbersPerSecond;
            var (over, own) = (Math.Max(0, (alone - sinceBreak).TotalSeconds), MemberRank.Of(member, 0) * round);
            var next = TimeSpan.FromSeconds(own + (round * Math.Ceiling(Math.Max(0, over - own) / round)));
            return next > alone ? next - alone : null;
        }

        return !scope.IsOpen || scope.Includes(member) || hasLease ? null : rules.Interval;
    }
}
