namespace Fluxgate;

/// <summary>Maps each expression of the rule files, by its exact text, to its expected result.</summary>
internal static class RuleExpectations
{
    public static IReadOnlyDictionary<string, Func<KitMoment, KitVector>> All { get; } =
        new Dictionary<string, Func<KitMoment, KitVector>>(StringComparer.Ordinal)
        {
            ["""sum by (state) (circuit_breaker_state)"""] = now => now["state"].SumBy("state"),
            ["""rate(circuit_breaker_requests_total[2m])"""] = now => now.Rate("requests_total", 2),
            [
                """
                rate(circuit_breaker_failures_total[2m])
                / (rate(circuit_breaker_failures_total[2m]) + rate(circuit_breaker_successes_total[2m]) > 0)
                """
            ] = now => now.Rate("failures_total", 2) / Calls(now).Where(rate => rate > 0),
            [
                """
                sum without (state) (rate(circuit_breaker_rejected_total[2m]))
                / (sum without (state) (rate(circuit_breaker_rejected_total[2m])) + rate(circuit_breaker_requests_total[2m]) > 0)
                """
            ] = RejectionRatio,
            ["""sum by (circuit_name) (rate(circuit_breaker_state_transition_total{new_state="open"}[5m]))"""] = now =>
                now.Rate("state_transition_total", 5).With("new_state", "open").SumBy("circuit_name"),
            ["""sum by (job, circuit_name, le) (rate(circuit_breaker_request_duration_seconds_bucket[5m]))"""] = Buckets,
            ["""histogram_quantile(0.99, job_circuit_name_le:circuit_breaker_request_duration_seconds_bucket:rate5m)"""] = now =>
                Buckets(now.Recorded).Quantile(0.99),
            ["""sum without (state) (last_over_time(circuit_breaker_state{state=~"open|half_open"}[2m])) > 0"""] = now =>
                now["state"].With("state", "open", "half_open").SumWithout("state").Where(states => states > 0),
            [
                """
                rate(circuit_breaker_failures_total[2m])
                / (rate(circuit_breaker_failures_total[2m]) + rate(circuit_breaker_successes_total[2m])) > 0.1
                """
            ] = now => (now.Rate("failures_total", 2) / Calls(now)).Where(ratio => ratio > 0.1),
            ["""circuit_breaker_oldest_in_flight_seconds > 60"""] = now => now["oldest_in_flight_seconds"].Where(seconds => seconds > 60),
            [
                """
                sum without (old_state, new_state) (round(increase(circuit_breaker_state_transition_total{old_state="closed",new_state="open"}[15m]))) >= 3
                unless last_over_time(circuit_breaker_group_max_circuits[15m])
                or sum without (old_state, new_state) (round(increase(circuit_breaker_key_state_transition_total{old_state="closed",new_state="open"}[15m]))) >= 3
                """
            ] = now =>
                Flapping(now, "state_transition_total").Unless(now["group_max_circuits"]).Or(Flapping(now, "key_state_transition_total")),
            [
                """
                sum without (state) (last_over_time(circuit_breaker_state{state="half_open"}[2m])) == 1
                and rate(circuit_breaker_successes_total[5m]) > 0
                """
            ] = now =>
                now["state"]
                    .With("state", "half_open")
                    .SumWithout("state")
                    .Where(states => states == 1)
                    .And(now.Rate("successes_total", 5).Where(rate => rate > 0)),
            [
                """
                sum without (state) (last_over_time(circuit_breaker_state{state="forced_open"}[2m])) == 1
                or sum without (state) (last_over_time(circuit_breaker_key_state{state="forced_open"}[2m])) == 1
                """
            ] = now => ForcedOpen(now["state"]).Or(ForcedOpen(now["key_state"])),
            [
                """
                sum without (state) (last_over_time(circuit_breaker_group_circuits{state=~"open|half_open"}[2m]))
                >= 0.02 * sum without (state) (last_over_time(circuit_breaker_group_circuits[2m])) > 0
                """
            ] = now =>
                now["group_circuits"]
                    .With("state", "open", "half_open")
                    .SumWithout("state")
                    .And((now["group_circuits"].SumWithout("state") * 0.02).Where(circuits => circuits > 0)),
            ["""sum without (state) (last_over_time(circuit_breaker_group_shared_state{state=~"open|half_open"}[2m])) > 0"""] = now =>
                now["group_shared_state"].With("state", "open", "half_open").SumWithout("state").Where(states => states > 0),
            ["""round(increase(circuit_breaker_group_shared_calls_total{reason="no_place"}[10m])) > 0"""] = now =>
                now.Increase("group_shared_calls_total", 10).With("reason", "no_place").Round().Where(calls => calls > 0),
            ["""round(increase(circuit_breaker_would_trip_total[10m])) > 0"""] = now =>
                now.Increase("would_trip_total", 10).Round().Where(times => times > 0),
            ["""round(increase(circuit_breaker_user_errors_total[10m])) > 0"""] = now =>
                now.Increase("user_errors_total", 10).Round().Where(times => times > 0),
            ["""round(increase(circuit_breaker_signals_dropped_total[10m])) > 0"""] = now =>
                now.Increase("signals_dropped_total", 10).Round().Where(times => times > 0),
        };

    public static KitVector RejectionRatio(KitMoment now)
    {
        var rejected = now.Rate("rejected_total", 2).SumWithout("state");
        return rejected / (rejected + now.Rate("requests_total", 2)).Where(rate => rate > 0);
    }

    private static KitVector Flapping(KitMoment now, string transitions) =>
        now.Increase(transitions, 15)
            .With("old_state", "closed")
            .With("new_state", "open")
            .Round()
            .SumWithout("old_state", "new_state")
            .Where(trips => trips >= 3);

    private static KitVector ForcedOpen(KitVector states) =>
        states.With("state", "forced_open").SumWithout("state").Where(value => value == 1);

    private static KitVector Calls(KitMoment now) => now.Rate("failures_total", 2) + now.Rate("successes_total", 2);

    private static KitVector Buckets(KitMoment now) => now.Rate("request_duration_seconds_bucket", 5).SumBy("job", "circuit_name", "le");
}
