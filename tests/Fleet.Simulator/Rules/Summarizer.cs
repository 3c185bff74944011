namespace Fluxgate;

/// <summary>Makes the next summary from the last one and the digests. It keeps nothing, so two members that do it at once do no harm.</summary>
internal static class Summarizer
{
    /// <summary>Returns the next summary.</summary>
    /// <param name="rules">The fleet's numbers.</param>
    /// <param name="rule">The breaker's own rule.</param>
    /// <param name="last">The summary in the store.</param>
    /// <param name="known">All digests in the store, with the time since each was seen to progress, on the reader's monotonic clock.</param>
    public static FleetSummary Next(
        FleetRules rules,
        BreakerRule rule,
        FleetSummary last,
        IReadOnlyList<(Digest Digest, TimeSpan Age)> known
    )
    {
        var revision = last.Revision + 1;
        var live = known.Where(member => member.Age < rules.Stale).ToArray();
        var mayDecide = live.Length >= rules.Majority * known.Count;
        if (!mayDecide)
        {
            // A minority says what it sees and decides nothing.
            return last with { Revision = revision, Live = live.Length, Known = known.Count };
        }

        var counts = last.Scopes.Select((_, zone) => Count(rules, rule, live.Where(member => member.Digest.Zone == zone))).ToArray();
        var all = counts.Count(count => count.IsReached) >= rules.ZonesOfFleet;
        var scopes = last.Scopes.Select(
            (scope, zone) =>
            {
                var (votes, quorum, isReached, _) = counts[zone];
                var next =
                    scope.IsOpen
                        ? Cohort.Next(
                            rules,
                            scope,
                            [.. live.Where(member => member.Digest.Zone == zone).Select(member => member.Digest)],
                            revision
                        )
                    : isReached || all
                        ? new()
                        {
                            Epoch = revision,
                            IsOpen = true,
                            ShareSince = revision,
                            UsualRate = scope.UsualRate,
                        }
                    : scope with { UsualRate = counts[zone].UsualRate(scope.UsualRate, rule) };
                return next with { Votes = votes, Quorum = quorum };
            }
        );
        return new(revision, live.Length, known.Count, [.. scopes]);
    }

    private static QuorumCount Count(FleetRules rules, BreakerRule rule, IEnumerable<(Digest Digest, TimeSpan Age)> members)
    {
        var eligible = members.Where(member => member.Digest.IsEligible).ToArray();
        var quorum = Votes.Quorum(rules, eligible.Length);
        var votes = eligible.Count(member => member.Digest.VoteAge + member.Age <= rules.VoteLifetime);
        var sums = eligible.Aggregate(default(CallSums), (sum, member) => sum + member.Digest.Closed);
        return new(votes, quorum, votes >= quorum || SharedWindowFires(rules, rule, sums, eligible, quorum), sums);
    }

    /// <summary>Returns whether the breaker's own rule fires on the fleet's sums, and a quorum of members has a part in it.</summary>
    private static bool SharedWindowFires(
        FleetRules rules,
        BreakerRule rule,
        CallSums sums,
        (Digest Digest, TimeSpan Age)[] eligible,
        int quorum
    ) =>
        rules.SharedWindow > TimeSpan.Zero
        && rule.Fires(sums)
        && eligible.Count(member => rule.FiresWithoutMinimum(member.Digest.Closed)) >= quorum;

    private readonly record struct QuorumCount(int Votes, int Quorum, bool IsReached, CallSums Closed)
    {
        // An outage that begins must not become usual: the rate moves slowly, and not at all where the rule is near.
        private const double Slowness = 60;
        private const int Near = 4;

        public double? UsualRate(double? last, BreakerRule rule) =>
            Closed.Requests == 0 || rule.FiresWithoutMinimum(new(Closed.Requests, Math.Min(Closed.Requests, Closed.Failures * Near))) ? last
            : last is null ? Closed.FailureRate
            : last + ((Closed.FailureRate - last) / Slowness);
    }
}
