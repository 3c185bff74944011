namespace Fluxgate;

/// <summary>The metric families of a fleet. Their number of series grows with the circuits and the zones, never with the members.</summary>
internal static class FleetFamilies
{
    private static readonly BreakerState[] States = Enum.GetValues<BreakerState>();

    public static IReadOnlyList<MetricFamily> Of(IFleetView view) =>
        [
            MetricFamily.Gauge(
                "circuit_breaker_fleet_connected",
                "Whether the last exchange of this process with the store of the fleet succeeded (1) or not (0).",
                ["fleet"],
                samples => samples.Add(view.Status.IsConnected ? 1 : 0, view.Fleet)
            ),
            MetricFamily.Gauge(
                "circuit_breaker_fleet_leader",
                "Whether this process makes the summary of the fleet (1) or not (0).",
                ["fleet"],
                samples => samples.Add(view.Status.IsLeader ? 1 : 0, view.Fleet)
            ),
            MetricFamily.Counter(
                "circuit_breaker_fleet_exchanges_total",
                "Exchanges of this process with the store of the fleet, by result: success or failure.",
                ["fleet", "result"],
                samples =>
                {
                    var status = view.Status;
                    samples.Add(status.Exchanges, view.Fleet, "success");
                    samples.Add(status.Failures, view.Fleet, "failure");
                }
            ),
            MetricFamily.Counter(
                "circuit_breaker_fleet_ignored_messages_total",
                "Messages in the store of the fleet that this process could not read.",
                ["fleet"],
                samples => samples.Add(view.Status.IgnoredMessages, view.Fleet)
            ),
            MetricFamily.Gauge(
                "circuit_breaker_fleet_divergent_circuits",
                "Circuits of this process that are in another state than a directive demands.",
                ["fleet"],
                samples => samples.Add(view.Status.Divergent, view.Fleet)
            ),
            MetricFamily.Gauge(
                "circuit_breaker_fleet_directives",
                "Directives that this process knows, releases and resets excluded.",
                ["fleet"],
                samples => samples.Add(view.Directives.Count(directive => !directive.IsTombstone), view.Fleet)
            ),
            MetricFamily.Gauge(
                "circuit_breaker_fleet_members",
                "Live members of the fleet by zone, in the summary that all members read: use max, not sum.",
                ["fleet", "zone"],
                samples =>
                {
                    foreach (var zone in view.Summary?.Zones ?? [])
                    {
                        samples.Add(zone.Members, view.Fleet, zone.Name);
                    }
                }
            ),
            MetricFamily.Gauge(
                "circuit_breaker_fleet_circuit_members",
                "Live members of the fleet by circuit and its state, those of the keys of a group added up, in the summary that all members read: use max, not sum.",
                ["fleet", "circuit", "state"],
                samples =>
                {
                    // The keys of a group have no limit over time.
                    foreach (
                        var circuits in (view.Summary?.Circuits ?? []).GroupBy(
                            circuit => circuit.Group ?? circuit.Name,
                            StringComparer.Ordinal
                        )
                    )
                    {
                        foreach (var state in States)
                        {
                            samples.Add(circuits.Sum(circuit => (long)circuit.MembersIn(state)), view.Fleet, circuits.Key, state.ToLabel());
                        }
                    }
                }
            ),
        ];
}
