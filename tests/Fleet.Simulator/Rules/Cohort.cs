namespace Fluxgate;

/// <summary>How the share of the members that may return grows, stops and shrinks.</summary>
internal static class Cohort
{
    /// <summary>Returns the scope after one look at the digests of its live members.</summary>
    public static ScopeSummary Next(FleetRules rules, ScopeSummary scope, IReadOnlyList<Digest> live, long revision)
    {
        var members = live.Where(digest => digest.Epoch == scope.Epoch && digest.IsEligible).ToArray();
        var returned = members.Where(digest => digest.HasBegun && digest.State is BreakerState.Closed or BreakerState.HalfOpen).ToArray();
        var acting = returned.Where(digest => digest.ActedOn >= scope.ShareSince).ToArray();
        if (members.Length == 0)
        {
            // Whoever was open has left or has no traffic. Right after the trip, nobody has heard of it.
            return revision - scope.Epoch > rules.StaleAfter ? scope with { IsOpen = false } : scope;
        }

        // Members none of whose calls has succeeded say something about themselves, unless they are the most.
        var counted = acting.Count(digest => digest.OnlyFails) * 2 < acting.Length ? acting.Where(digest => !digest.OnlyFails) : acting;
        var sums = counted.Aggregate(default(CallSums), (sum, digest) => sum + digest.Returned);

        // What is known stems from fewer than half of those who cause the load.
        if (sums.Requests < rules.ProvenCalls || acting.Length * 2 < returned.Length)
        {
            return scope;
        }

        var usual = scope.UsualRate ?? 0;
        var excess = sums.FailureRate - usual;
        if (excess > rules.ShrinkAbove && sums.Failures > 1)
        {
            return Shrunk(rules, scope, sums, members.Length, revision);
        }

        return excess < rules.GrowBelow && revision >= scope.HoldsUntil ? Grown(rules, scope, members, revision) : scope;
    }

    private static ScopeSummary Shrunk(FleetRules rules, ScopeSummary scope, CallSums sums, int members, long revision)
    {
        if (scope.Share == 0)
        {
            return scope;
        }

        // What was served is what the dependency can bear.
        var share = scope.Share * (1 - sums.FailureRate + (scope.UsualRate ?? 0));
        return share * members < rules.Probers
            ? scope with
            {
                Share = 0,
                ShareSince = revision,
                Setbacks = scope.Setbacks + 1,
            }
            : scope with
            {
                Share = share,
                ShareSince = revision,
                HoldsUntil = revision + rules.HoldAfterShrinking,
            };
    }

    private static ScopeSummary Grown(FleetRules rules, ScopeSummary scope, Digest[] members, long revision)
    {
        if (scope.Share == 0)
        {
            return scope with { Share = Math.Min(1, 2.0 * rules.Probers / members.Length), ShareSince = revision };
        }

        // The load of the whole cohort must be there: a member whose break is not over, or which had no call, has proven nothing.
        var cohort = members.Where(digest => scope.Includes(digest.Member)).ToArray();
        var proven = cohort.Count(digest => digest.HasBegun && digest.ActedOn >= scope.ShareSince);
        if (proven < rules.ProvenRatio * cohort.Length)
        {
            return scope;
        }

        if (scope.Share >= 1)
        {
            return scope with { IsOpen = false };
        }

        var share =
            scope.Share < rules.DoubleUntil
                ? Math.Min(scope.Share * 2, Math.Max(rules.DoubleUntil, scope.Share * rules.Growth))
                : scope.Share * rules.Growth;
        return scope with { Share = Math.Min(1, share), ShareSince = revision };
    }
}
