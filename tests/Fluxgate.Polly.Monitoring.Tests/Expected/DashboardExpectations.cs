namespace Fluxgate;

/// <summary>Maps each expression of the dashboard, by its exact text, to its expected result.</summary>
internal static class DashboardExpectations
{
    private const string Chosen = "job=~\"$job\", instance=~\"$instance\", circuit_name=~\"$circuit\"";
    private const int Interval = KitDashboard.RateIntervalInMinutes;

    public static IReadOnlyDictionary<string, Func<KitMoment, KitVector>> All { get; } =
        new Dictionary<string, Func<KitMoment, KitVector>>(StringComparer.Ordinal)
        {
            [$$"""sum(circuit_breaker_state{state="open", {{Chosen}}})"""] = now => now["state"].With("state", "open").SumBy(),
            [$$"""sum(rate(circuit_breaker_state_transition_total{new_state="open", {{Chosen}}}[5m])) by (circuit_name)"""] = now =>
                now.Rate("state_transition_total", 5).With("new_state", "open").SumBy("circuit_name"),
            [$$"""sum(circuit_breaker_state{{{Chosen}}}) by (state)"""] = now => now["state"].SumBy("state"),
            [$$"""circuit_breaker_state_code{{{Chosen}}}"""] = now => now["state_code"],
            [$$"""circuit_breaker_failure_rate{{{Chosen}}}"""] = now => now["failure_rate"],
            [
                $$"""rate(circuit_breaker_failures_total{{{Chosen}}}[$__rate_interval]) / (rate(circuit_breaker_failures_total{{{Chosen}}}[$__rate_interval]) + rate(circuit_breaker_successes_total{{{Chosen}}}[$__rate_interval]) > 0)"""
            ] = now =>
                now.Rate("failures_total", Interval)
                / (now.Rate("failures_total", Interval) + now.Rate("successes_total", Interval)).Where(rate => rate > 0),
            [$$"""max by (circuit_name, rule) (circuit_breaker_rule_threshold{rule=~"FailureRate(#[0-9]+)?", {{Chosen}}})"""] = now =>
                now["rule_threshold"].With("rule", "FailureRate").MaxBy("circuit_name", "rule"),
            [$$"""circuit_breaker_slow_rate{{{Chosen}}}"""] = now => now["slow_rate"],
            [$$"""max by (circuit_name, rule) (circuit_breaker_rule_threshold{rule=~"SlowRate(#[0-9]+)?", {{Chosen}}})"""] = now =>
                now["rule_threshold"].With("rule", "SlowRate").MaxBy("circuit_name", "rule"),
            [RateByCircuit("successes_total")] = now => now.Rate("successes_total", Interval).SumBy("circuit_name"),
            [RateByCircuit("failures_total")] = now => now.Rate("failures_total", Interval).SumBy("circuit_name"),
            [RateByCircuit("ignored_total")] = now => now.Rate("ignored_total", Interval).SumBy("circuit_name"),
            [RateByCircuit("requests_total")] = now => now.Rate("requests_total", Interval).SumBy("circuit_name"),
            [$$"""sum by (circuit_name, state) (rate(circuit_breaker_rejected_total{{{Chosen}}}[$__rate_interval]))"""] = now =>
                now.Rate("rejected_total", Interval).SumBy("circuit_name", "state"),
            [QuantileOf("0.5")] = now => Buckets(now).Quantile(0.5),
            [QuantileOf("0.95")] = now => Buckets(now).Quantile(0.95),
            [QuantileOf("0.99")] = now => Buckets(now).Quantile(0.99),
            [$$"""circuit_breaker_next_probe_timestamp_seconds{{{Chosen}}} * 1000"""] = now => now["next_probe_timestamp_seconds"] * 1000,
            [$$"""sum by (circuit_name) (circuit_breaker_in_flight{{{Chosen}}})"""] = now => now["in_flight"].SumBy("circuit_name"),
            [$$"""sum by (circuit_name) (circuit_breaker_half_open_in_flight{{{Chosen}}})"""] = now =>
                now["half_open_in_flight"].SumBy("circuit_name"),
            [$$"""sum by (circuit_name, threshold) (circuit_breaker_overdue{{{Chosen}}})"""] = now =>
                now["overdue"].SumBy("circuit_name", "threshold"),
            [$$"""max by (circuit_name) (circuit_breaker_oldest_in_flight_seconds{{{Chosen}}})"""] = now =>
                now["oldest_in_flight_seconds"].MaxBy("circuit_name"),
            [$$"""sum by (circuit_name) (increase(circuit_breaker_would_trip_total{{{Chosen}}}[5m])) > 0"""] = now =>
                now.Increase("would_trip_total", 5).SumBy("circuit_name").Where(times => times > 0),
            [$$"""sum by (circuit_name, source) (increase(circuit_breaker_user_errors_total{{{Chosen}}}[5m])) > 0"""] = now =>
                now.Increase("user_errors_total", 5).SumBy("circuit_name", "source").Where(times => times > 0),
            [$$"""sum by (circuit_name) (increase(circuit_breaker_signals_dropped_total{{{Chosen}}}[5m])) > 0"""] = now =>
                now.Increase("signals_dropped_total", 5).SumBy("circuit_name").Where(times => times > 0),
            [$$"""sum by (circuit_name, state) (circuit_breaker_group_circuits{{{Chosen}}})"""] = now =>
                now["group_circuits"].SumBy("circuit_name", "state"),
            [$$"""sum by (circuit_name) (circuit_breaker_group_max_circuits{{{Chosen}}})"""] = now =>
                now["group_max_circuits"].SumBy("circuit_name"),
            [
                $$"""sum by (circuit_name) (circuit_breaker_group_circuits{state=~"open|half_open", {{Chosen}}}) / (sum by (circuit_name) (circuit_breaker_group_circuits{{{Chosen}}}) > 0)"""
            ] = now =>
                now["group_circuits"].With("state", "open", "half_open").SumBy("circuit_name")
                / now["group_circuits"].SumBy("circuit_name").Where(circuits => circuits > 0),
            [
                $$"""topk(10, sum by (circuit_name, key) (rate(circuit_breaker_key_failures_total{{{Chosen}}}[$__rate_interval]) + rate(circuit_breaker_key_rejected_total{{{Chosen}}}[$__rate_interval])) > 0)"""
            ] = now =>
                (now.Rate("key_failures_total", Interval) + now.Rate("key_rejected_total", Interval))
                    .SumBy("circuit_name", "key")
                    .Where(rate => rate > 0),
            [$$"""sum by (circuit_name, reason) (increase(circuit_breaker_group_shared_calls_total{{{Chosen}}}[5m])) > 0"""] = now =>
                now.Increase("group_shared_calls_total", 5).SumBy("circuit_name", "reason").Where(calls => calls > 0),
            [$$"""sum by (circuit_name) (increase(circuit_breaker_group_evicted_total{{{Chosen}}}[5m])) > 0"""] = now =>
                now.Increase("group_evicted_total", 5).SumBy("circuit_name").Where(circuits => circuits > 0),
            [$$"""sum by (circuit_name, old_state, new_state) (increase(circuit_breaker_state_transition_total{{{Chosen}}}[1m])) > 0"""] =
                now => now.Increase("state_transition_total", 1).SumBy("circuit_name", "old_state", "new_state").Where(times => times > 0),
        };

    /// <summary>The expected values of the variables.</summary>
    public static IReadOnlyDictionary<string, Func<KitMoment, KitVector>> Variables { get; } =
        new Dictionary<string, Func<KitMoment, KitVector>>(StringComparer.Ordinal)
        {
            ["""label_values(circuit_breaker_requests_total, job)"""] = now => now["requests_total"].CountBy("job"),
            ["""label_values(circuit_breaker_requests_total{job=~"$job"}, instance)"""] = now => now["requests_total"].CountBy("instance"),
            ["""label_values(circuit_breaker_requests_total{job=~"$job", instance=~"$instance"}, circuit_name)"""] = now =>
                now["requests_total"].CountBy("circuit_name"),
        };

    private static string RateByCircuit(string family) =>
        $$"""sum by (circuit_name) (rate(circuit_breaker_{{family}}{{{Chosen}}}[$__rate_interval]))""";

    private static string QuantileOf(string quantile) =>
        $$"""histogram_quantile({{quantile}}, sum by (circuit_name, le) (rate(circuit_breaker_request_duration_seconds_bucket{{{Chosen}}}[$__rate_interval])))""";

    private static KitVector Buckets(KitMoment now) => now.Rate("request_duration_seconds_bucket", Interval).SumBy("circuit_name", "le");
}
