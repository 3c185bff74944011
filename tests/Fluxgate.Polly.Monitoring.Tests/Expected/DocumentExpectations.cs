namespace Fluxgate;

/// <summary>Maps each expression of docs/monitoring.md, by its exact text, to its expected result.</summary>
internal static class DocumentExpectations
{
    public static IReadOnlyDictionary<string, Func<KitMoment, KitVector>> All { get; } =
        new Dictionary<string, Func<KitMoment, KitVector>>(StringComparer.Ordinal)
        {
            ["""sum by (circuit_name) (circuit_breaker_group_circuits{state!="closed"})"""] = NotClosed,
            ["""sum by (circuit_name) (circuit_breaker_group_circuits)"""] = now => ByCircuit(now["group_circuits"]),
            [
                """
                sum by (circuit_name) (circuit_breaker_group_circuits{state!="closed"})
                / (sum by (circuit_name) (circuit_breaker_group_circuits) > 0)
                """
            ] = now => NotClosed(now) / ByCircuit(now["group_circuits"]).Where(circuits => circuits > 0),
            ["""sum without (state) (circuit_breaker_group_circuits) / circuit_breaker_group_max_circuits"""] = now =>
                now["group_circuits"].SumWithout("state") / now["group_max_circuits"],
            ["""circuit_breaker_key_state{state="closed"} == 0"""] = now =>
                now["key_state"].With("state", "closed").Where(value => value == 0),
            ["""topk(5, sum by (circuit_name, key) (increase(circuit_breaker_key_failures_total[15m])))"""] = now =>
                now.Increase("key_failures_total", 15).SumBy("circuit_name", "key").Largest(5),
            [
                """
                sum by (circuit_name) (rate(circuit_breaker_group_shared_calls_total[5m]))
                / (sum by (circuit_name) (rate(circuit_breaker_requests_total[5m])) + sum by (circuit_name) (rate(circuit_breaker_rejected_total[5m])) > 0)
                """
            ] = now =>
                ByCircuit(now.Rate("group_shared_calls_total", 5))
                / (ByCircuit(now.Rate("requests_total", 5)) + ByCircuit(now.Rate("rejected_total", 5))).Where(rate => rate > 0),
            ["""sum by (circuit_name) (increase(circuit_breaker_group_shared_calls_total{reason="no_place"}[10m])) > 0"""] = now =>
                ByCircuit(now.Increase("group_shared_calls_total", 10).With("reason", "no_place")).Where(calls => calls > 0),
            ["""circuit_breaker_state{state="open"} == 1"""] = now => In(now, "open"),
            ["""sum(circuit_breaker_state) by (state)"""] = now => now["state"].SumBy("state"),
            ["""sum(circuit_breaker_state{state="open"})"""] = now => now["state"].With("state", "open").SumBy(),
            ["""sum(rate(circuit_breaker_state_transition_total{new_state="open"}[5m])) by (circuit_name)"""] = now =>
                now.Rate("state_transition_total", 5).With("new_state", "open").SumBy("circuit_name"),
            ["""increase(circuit_breaker_state_transition_total{new_state="half_open"}[1h])"""] = now =>
                now.Increase("state_transition_total", 60).With("new_state", "half_open"),
            ["""round(increase(circuit_breaker_state_transition_total{old_state="closed", new_state="open"}[15m])) > 0"""] = now =>
                now.Increase("state_transition_total", 15)
                    .With("old_state", "closed")
                    .With("new_state", "open")
                    .Round()
                    .Where(trips => trips > 0),
            ["""sum by (circuit_name) (rate(circuit_breaker_requests_total[2m]))"""] = now => ByCircuit(now.Rate("requests_total", 2)),
            [
                """
                sum by (circuit_name) (rate(circuit_breaker_failures_total[2m]))
                / (sum by (circuit_name) (rate(circuit_breaker_failures_total[2m])) + sum by (circuit_name) (rate(circuit_breaker_successes_total[2m])) > 0)
                """
            ] = now =>
                ByCircuit(now.Rate("failures_total", 2))
                / (ByCircuit(now.Rate("failures_total", 2)) + ByCircuit(now.Rate("successes_total", 2))).Where(rate => rate > 0),
            ["""sum by (circuit_name, state) (rate(circuit_breaker_rejected_total[2m]))"""] = now =>
                now.Rate("rejected_total", 2).SumBy("circuit_name", "state"),
            ["""instance:circuit_breaker_rejection_ratio:rate2m"""] = now => RuleExpectations.RejectionRatio(now.Recorded),
            ["""sum by (circuit_name) (rate(circuit_breaker_ignored_total[2m]))"""] = now => ByCircuit(now.Rate("ignored_total", 2)),
            ["""circuit_breaker_failure_rate"""] = now => now["failure_rate"],
            ["""circuit_breaker_rule_threshold{rule="FailureRate"}"""] = now => now["rule_threshold"].With("rule", "FailureRate"),
            ["""circuit_breaker_failure_rate / on (job, instance, circuit_name) circuit_breaker_rule_threshold{rule="FailureRate"}"""] =
                now => now["failure_rate"] / now["rule_threshold"].With("rule", "FailureRate").SumWithout("rule"),
            ["""circuit_breaker_slow_rate"""] = now => now["slow_rate"],
            ["""circuit_breaker_consecutive_failures > 0"""] = now => now["consecutive_failures"].Where(failures => failures > 0),
            ["""histogram_quantile(0.99, sum by (circuit_name, le) (rate(circuit_breaker_request_duration_seconds_bucket[5m])))"""] = now =>
                now.Rate("request_duration_seconds_bucket", 5).SumBy("circuit_name", "le").Quantile(0.99),
            [
                """
                sum by (circuit_name) (rate(circuit_breaker_request_duration_seconds_sum[5m]))
                / sum by (circuit_name) (rate(circuit_breaker_request_duration_seconds_count[5m]))
                """
            ] = now => ByCircuit(now.Rate("request_duration_seconds_sum", 5)) / ByCircuit(now.Rate("request_duration_seconds_count", 5)),
            [
                """
                sum by (circuit_name) (circuit_breaker_request_duration_seconds_bucket{le="0.1"})
                / sum by (circuit_name) (circuit_breaker_request_duration_seconds_count)
                """
            ] = now =>
                ByCircuit(now["request_duration_seconds_bucket"].With("le", "0.1")) / ByCircuit(now["request_duration_seconds_count"]),
            ["""time() - circuit_breaker_state_entered_timestamp_seconds"""] = now =>
                now["state_entered_timestamp_seconds"].Select(entered => now.Time - entered),
            ["""circuit_breaker_next_probe_timestamp_seconds - time()"""] = now =>
                now["next_probe_timestamp_seconds"].Select(probe => probe - now.Time),
            ["""circuit_breaker_reopens > 0"""] = now => now["reopens"].Where(reopens => reopens > 0),
            ["""circuit_breaker_in_flight > 0"""] = now => now["in_flight"].Where(calls => calls > 0),
            ["""circuit_breaker_overdue > 0"""] = now => now["overdue"].Where(calls => calls > 0),
            ["""circuit_breaker_oldest_in_flight_seconds"""] = now => now["oldest_in_flight_seconds"],
            ["""sum by (circuit_name) (increase(circuit_breaker_would_trip_total[10m])) > 0"""] = now =>
                ByCircuit(now.Increase("would_trip_total", 10)).Where(times => times > 0),
            ["""sum by (circuit_name, source) (increase(circuit_breaker_user_errors_total[10m])) > 0"""] = now =>
                now.Increase("user_errors_total", 10).SumBy("circuit_name", "source").Where(times => times > 0),
            ["""sum by (circuit_name) (increase(circuit_breaker_signals_dropped_total[10m])) > 0"""] = now =>
                ByCircuit(now.Increase("signals_dropped_total", 10)).Where(times => times > 0),
            ["""sum by (circuit_name) (rate(circuit_breaker_stale_total[5m]))"""] = now => ByCircuit(now.Rate("stale_total", 5)),
            ["""sum without (state) (last_over_time(circuit_breaker_state{state=~"open|half_open"}[2m])) > 0"""] = now =>
                now["state"].With("state", "open", "half_open").SumWithout("state").Where(states => states > 0),
            ["""circuit_breaker_state{state="forced_open"} == 1"""] = now => In(now, "forced_open"),
            ["""circuit_breaker_state{state="disabled"} == 1"""] = now => In(now, "disabled"),
        };

    private static KitVector In(KitMoment now, string state) => now["state"].With("state", state).Where(value => value == 1);

    private static KitVector NotClosed(KitMoment now) =>
        ByCircuit(now["group_circuits"].With("state", [.. CountedFamilies.States.Where(state => state != "closed")]));

    private static KitVector ByCircuit(KitVector vector) => vector.SumBy("circuit_name");
}
