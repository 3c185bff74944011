namespace Fluxgate;

/// <summary>Whether a member whose break is over may begin to probe.</summary>
internal static class ProbeGate
{
    /// <summary>Returns <see langword="null"/> if the member may begin, or the time after which to ask again.</summary>
    /// <param name="rules">The fleet's numbers.</param>
    /// <param name="scope">The scope of the member; <see langword="null"/> if the summary is out of date.</param>
    /// <param name="member">The number of the member.</param>
    /// <param name="hasLease">Whether the member holds a probe lease.</param>
    /// <param name="waited">How long the break has been over, or the summary out of date, whichever is shorter.</param>
    /// <param name="live">The number of live members in the last summary.</param>
    public static TimeSpan? Wait(FleetRules rules, ScopeSummary? scope, int member, bool hasLease, TimeSpan waited, int live)
    {
        if (scope is null)
        {
            // Alone: each member has a moment of its own, so that the members do not begin all at once.
            var left = TimeSpan.FromSeconds(MemberRank.Of(member, 0) * live / rules.LoneProbersPerSecond) - waited;
            return left > TimeSpan.Zero ? left : null;
        }

        return !scope.IsOpen || scope.Includes(member) || hasLease ? null : rules.Interval;
    }
}
