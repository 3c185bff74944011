namespace Fluxgate;

/// <summary>Makes the summary of the live members. It keeps nothing, so the same digests make the same summary in every process.</summary>
internal static class Summarizer
{
    public static FleetSummary Summarize(string leader, IReadOnlyCollection<FleetDigest> alive, int ignoredDigests)
    {
        FleetCircuit[] circuits =
        [
            .. alive
                // A member counts once.
                .SelectMany(digest => digest.Circuits.DistinctBy(circuit => circuit.Name, StringComparer.Ordinal))
                .GroupBy(circuit => circuit.Name, StringComparer.Ordinal)
                .Select(Sum)
                .OrderBy(circuit => circuit.MembersIn(BreakerState.Closed) == circuit.Members)
                .ThenBy(circuit => circuit.Name, StringComparer.Ordinal),
        ];
        return new()
        {
            Leader = leader,
            Members = alive.Count,
            IgnoredDigests = ignoredDigests,
            Zones =
            [
                .. alive
                    .GroupBy(digest => digest.Zone ?? "", StringComparer.Ordinal)
                    .Select(zone => new FleetZone(zone.Key, zone.Count()))
                    .OrderBy(zone => zone.Name, StringComparer.Ordinal)
                    .Take(MessageLimits.Zones),
            ],
            Circuits = circuits,
            // A member that has too many circuits itself omits some; those of several members are often the same.
            OmittedCircuits = alive.Select(digest => digest.Omitted).DefaultIfEmpty().Max(),
        };
    }

    private static FleetCircuit Sum(IGrouping<string, FleetCircuitReport> reports)
    {
        var states = new int[6];
        var calls = default(FleetCalls);
        foreach (var report in reports)
        {
            states[(int)report.State]++;
            calls = FleetCalls.Sum(calls, report.Calls);
        }

        return new()
        {
            Name = reports.Key,
            Group = reports.First().Group,
            States = states,
            Divergent = reports.Count(report => report.IsDivergent),
            Rules = reports.Select(report => report.Rule).Distinct(StringComparer.Ordinal).Count(),
            Calls = calls,
            SlowCalls =
            [
                .. reports
                    .SelectMany(report => report.SlowCalls)
                    .GroupBy(slow => slow.Threshold)
                    .Select(slow => new FleetSlowCalls(
                        slow.Key,
                        slow.Aggregate(0L, (sum, one) => FleetCalls.Sum(sum, one.Calls)),
                        slow.Count()
                    ))
                    .OrderBy(slow => slow.Threshold)
                    .Take(MessageLimits.SlowThresholds),
            ],
        };
    }
}
