using System.Globalization;
using System.Text.Json;
using Outage;

namespace Fluxgate;

/// <summary>Calculates the series that each family must have from the counts of callers and listeners.</summary>
internal static class CountedFamilies
{
    public static readonly string[] States = [.. Enum.GetValues<BreakerState>().Select(state => state.ToLabel())];

    private static readonly string[] Automatic = ["closed open", "open half_open", "half_open open", "half_open closed"];
    private static readonly string[] Sources = [.. Enum.GetNames<UserErrorSource>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    // As OpenMetrics, the format that Prometheus requests, writes bounds.
    private static readonly string[] Bounds = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0", "+Inf"];

    /// <summary>By the names in Prometheus: a histogram is three families of counters.</summary>
    public static IReadOnlyDictionary<string, Func<Counted, IEnumerable<KitSample>>> All { get; } =
        new Dictionary<string, Func<Counted, IEnumerable<KitSample>>>(StringComparer.Ordinal)
        {
            ["circuit_breaker_state"] = circuit => States.Select(state => Sample(state == circuit.State ? 1 : 0, ("state", state))),
            ["circuit_breaker_state_transition_total"] = circuit =>
                Automatic
                    .Union(circuit.Transitions.Keys)
                    .Select(transition =>
                        Sample(
                            circuit.Transitions.GetValueOrDefault(transition),
                            ("old_state", transition.Split(' ')[0]),
                            ("new_state", transition.Split(' ')[1])
                        )
                    ),
            ["circuit_breaker_state_code"] = circuit => [Sample(Array.IndexOf(States, circuit.State))],
            ["circuit_breaker_requests_total"] = circuit => [Sample(circuit.Successes + circuit.Failures + circuit.Ignored)],
            ["circuit_breaker_successes_total"] = circuit => [Sample(circuit.Successes)],
            ["circuit_breaker_failures_total"] = circuit => [Sample(circuit.Failures)],
            ["circuit_breaker_ignored_total"] = circuit => [Sample(circuit.Ignored)],
            ["circuit_breaker_stale_total"] = circuit => [Sample(circuit.Stale)],
            ["circuit_breaker_abandoned_total"] = circuit =>
                [Sample(circuit.AbandonedFailures, ("verdict", "failure")), Sample(circuit.AbandonedIgnored, ("verdict", "ignored"))],
            ["circuit_breaker_rejected_total"] = circuit =>
                ((string[])["open", "half_open", "forced_open"]).Select(state =>
                    Sample(circuit.Rejected.GetValueOrDefault(state), ("state", state))
                ),
            ["circuit_breaker_slow_total"] = circuit => IfAny(circuit.SlowThreshold, circuit.SlowCalls, "threshold"),
            ["circuit_breaker_consecutive_successes"] = circuit => [Sample(circuit.ConsecutiveSuccesses)],
            ["circuit_breaker_consecutive_failures"] = circuit => [Sample(circuit.ConsecutiveFailures)],
            ["circuit_breaker_failure_rate"] = circuit => IfAny(circuit.FailureRate),
            ["circuit_breaker_success_rate"] = circuit => IfAny(1 - circuit.FailureRate),
            ["circuit_breaker_slow_rate"] = circuit => IfAny(circuit.SlowThreshold, circuit.SlowRate, "threshold"),
            ["circuit_breaker_overdue"] = circuit => IfAny(circuit.SlowThreshold, circuit.Overdue, "threshold"),
            ["circuit_breaker_rule_threshold"] = circuit => circuit.Thresholds.Select(leaf => Sample(leaf.Value, ("rule", leaf.Key))),
            ["circuit_breaker_request_duration_seconds_bucket"] = circuit =>
                circuit.Durations.SelectMany(state =>
                    Bounds
                        .Select(bound => Sample(0, ("state", state.Key), ("le", bound)))
                        .Select(bucket => bucket with { Value = state.Value.Count(duration => duration <= bucket.Bound) })
                ),
            ["circuit_breaker_request_duration_seconds_sum"] = circuit =>
                circuit.Durations.Select(state => Sample(state.Value.Sum(), ("state", state.Key))),
            ["circuit_breaker_request_duration_seconds_count"] = circuit =>
                circuit.Durations.Select(state => Sample(state.Value.Count, ("state", state.Key))),
            ["circuit_breaker_in_flight"] = circuit => [Sample(circuit.InFlight)],
            ["circuit_breaker_half_open_in_flight"] = circuit => [Sample(circuit.HalfOpenInFlight)],
            ["circuit_breaker_oldest_in_flight_seconds"] = circuit => IfAny(circuit.OldestInFlight),
            ["circuit_breaker_reopens"] = circuit => [Sample(circuit.Reopens)],
            ["circuit_breaker_would_trip_total"] = circuit => [Sample(circuit.WouldTrips)],
            ["circuit_breaker_state_entered_timestamp_seconds"] = circuit => [Sample(circuit.Entered)],
            ["circuit_breaker_next_probe_timestamp_seconds"] = circuit => IfAny(circuit.NextProbe),
            ["circuit_breaker_user_errors_total"] = circuit =>
                Sources.Select(source => Sample(circuit.UserErrors.GetValueOrDefault(source), ("source", source))),
            ["circuit_breaker_signals_dropped_total"] = circuit => [Sample(circuit.SignalsDropped)],
        };

    /// <summary>Returns the series of a family, by its name in Prometheus.</summary>
    public static IEnumerable<KitSample> Of(string family, Counted circuit) =>
        All.TryGetValue(family, out var series) ? series(circuit) : [];

    private static IEnumerable<KitSample> IfAny(double? value) => value is { } number ? [Sample(number)] : [];

    private static IEnumerable<KitSample> IfAny(double? threshold, double? value, string label) =>
        threshold is { } seconds && value is { } number ? [Sample(number, (label, Number(seconds)))] : [];

    private static KitSample Sample(double value, params (string Label, string Value)[] labels) =>
        new(labels.ToDictionary(label => label.Label, label => label.Value, StringComparer.Ordinal), value);

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
