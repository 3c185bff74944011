namespace Fluxgate;

/// <summary>Compares every number on the page with the snapshot of the breaker, and the main ones with manually calculated values.</summary>
public sealed class ScenarioNumbers
{
    private readonly BusyBreakers _busy = new();

    [Theory]
    [InlineData("payments")]
    [InlineData("orders")]
    public void Every_number_equals_that_of_the_snapshot(string circuit)
    {
        var world = circuit is "payments" ? _busy.Open : _busy.Closed;
        var shown = _busy.Page.Of(circuit).ToDictionary(Key, series => series.Value, StringComparer.Ordinal);
        var expected = ExpectedOf(world.Now)
            .Where(number => number.Value is not null)
            .ToDictionary(n => n.Key, n => n.Value!.Value, StringComparer.Ordinal);

        Assert.Equal(expected.OrderBy(one => one.Key, StringComparer.Ordinal), shown.OrderBy(one => one.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void The_main_numbers_equal_those_calculated_manually()
    {
        var page = _busy.Page;

        // Settled: 6 successes, 1 ignored, 3 failures, the stale success; while probing 1 success and 3 failures.
        Assert.Equal(15, Of("requests_total"));
        Assert.Equal(8, Of("successes_total"));
        Assert.Equal(6, Of("failures_total"));
        Assert.Equal(1, Of("ignored_total"));
        Assert.Equal(1, Of("stale_total"));
        Assert.Equal(6, page["circuit_breaker_rejected_total{circuit_name=\"payments\",state=\"open\"}"]);
        Assert.Equal(2, Of("in_flight"));
        Assert.Equal(0, Of("half_open_in_flight"));

        // The call of the closed phase hangs since then: 10 s of the break, 0.25 s and 3 s. The age is rounded down by a twelfth of 0.5 s at most.
        Assert.Equal(1, page["circuit_breaker_overdue{circuit_name=\"payments\",threshold=\"0.5\"}"]);
        Assert.InRange(Of("oldest_in_flight_seconds"), 13.25 - (0.5 / 12), 13.25);
        Assert.Equal(0, page["circuit_breaker_overdue{circuit_name=\"orders\",threshold=\"0.5\"}"]);
        Assert.Equal(1, Of("reopens"));
        Assert.Equal(1, Of("state_code"));
        Assert.Equal(7, Of("next_probe_timestamp_seconds") - _busy.Open.Time.GetUtcNow().ToUnixTimeSeconds(), tolerance: 1);
        Assert.Equal(11, page["circuit_breaker_request_duration_seconds_count{circuit_name=\"payments\",state=\"closed\"}"]);
        Assert.Equal(4, page["circuit_breaker_request_duration_seconds_count{circuit_name=\"payments\",state=\"half_open\"}"]);
        Assert.Equal(0.4, page["circuit_breaker_failure_rate{circuit_name=\"orders\"}"]);
        Assert.Equal(0.2, page["circuit_breaker_slow_rate{circuit_name=\"orders\",threshold=\"0.5\"}"]);
        Assert.Equal(0.9, page["circuit_breaker_rule_threshold{circuit_name=\"orders\",rule=\"SlowRate\"}"]);

        double Of(string name) => page[$"circuit_breaker_{name}{{circuit_name=\"payments\"}}"];
    }

    [Fact]
    public void Would_trips_and_user_errors_are_counted()
    {
        var metrics = new PrometheusMetrics();
        var world = new World(
            new()
            {
                InitialState = BreakerState.MetricsOnly,
                Tripper = Tripper.FailureStreak(2),
                Listeners = { new PrometheusListener(metrics), _ => throw new InvalidOperationException("the listener throws") },
            }
        );
        world.Fail(4);
        world.Breaker.Trip();

        var page = Page.Of(metrics);

        Assert.Equal(2, page["circuit_breaker_would_trip_total{circuit_name=\"payments\"}"]);
        Assert.Equal(1, page["circuit_breaker_user_errors_total{circuit_name=\"payments\",source=\"listener\"}"]);
        GC.KeepAlive(world);
    }

    [Fact]
    public void Breakers_of_one_name_sum_counters_and_show_the_newest_gauges()
    {
        var busy = new BusyBreakers(open: "payments", closed: "payments");
        var (older, newer) = (busy.Open.Now, busy.Closed.Now);
        var page = busy.Page;

        Assert.Equal(["closed"], page.CurrentStates("payments"));
        Assert.Equal(older.Requests + newer.Requests, page["circuit_breaker_requests_total{circuit_name=\"payments\"}"]);
        Assert.Equal(
            older.SlowCalls[0].Total + newer.SlowCalls[0].Total,
            page["circuit_breaker_slow_total{circuit_name=\"payments\",threshold=\"0.5\"}"]
        );
        Assert.Equal(newer.InFlight, page["circuit_breaker_in_flight{circuit_name=\"payments\"}"]);
        foreach (var le in (double[])[0.005, 0.25, 0.5, 1, double.PositiveInfinity])
        {
            Assert.Equal(Below(older, le) + Below(newer, le), page.Of("payments").Single(series => IsBucket(series, "closed", le)).Value);
            Assert.Equal(
                Below(older, le, BreakerState.HalfOpen),
                page.Of("payments").Single(series => IsBucket(series, "half_open", le)).Value
            );
        }

        Assert.Equal(
            SumOf(older) + SumOf(newer),
            page["circuit_breaker_request_duration_seconds_sum{circuit_name=\"payments\",state=\"closed\"}"],
            precision: 9
        );

        static double SumOf(BreakerSnapshot now) => Histogram(now, BreakerState.Closed).Sum.TotalSeconds;
    }

    /// <summary>Lists the families of the design, each calculated from the snapshot.</summary>
    private static IEnumerable<KeyValuePair<string, double?>> ExpectedOf(BreakerSnapshot now)
    {
        foreach (var state in Enum.GetValues<BreakerState>())
        {
            yield return One("state", now.State == state ? 1 : 0, state.ToLabel());
            foreach (var to in Enum.GetValues<BreakerState>())
            {
                var isAutomatic =
                    (state, to)
                    is
                        (BreakerState.Closed, BreakerState.Open)
                        or
                        (BreakerState.Open, BreakerState.HalfOpen)
                        or
                        (BreakerState.HalfOpen, BreakerState.Open)
                        or
                        (BreakerState.HalfOpen, BreakerState.Closed);
                double? transitions = now.Transitions(state, to);
                yield return One(
                    "state_transition_total",
                    isAutomatic || transitions > 0 ? transitions : null,
                    state.ToLabel(),
                    to.ToLabel()
                );
            }
        }

        foreach (var state in (BreakerState[])[BreakerState.Open, BreakerState.HalfOpen, BreakerState.ForcedOpen])
        {
            yield return One("rejected_total", now.RejectedIn(state), state.ToLabel());
        }

        yield return One("state_code", (int)now.State);
        yield return One("requests_total", now.Requests);
        yield return One("successes_total", now.Successes);
        yield return One("failures_total", now.Failures);
        yield return One("ignored_total", now.Ignored);
        yield return One("stale_total", now.Stale);
        yield return One("abandoned_total", now.AbandonedFailures, "failure");
        yield return One("abandoned_total", now.AbandonedIgnored, "ignored");
        yield return One("consecutive_successes", now.ConsecutiveSuccesses);
        yield return One("consecutive_failures", now.ConsecutiveFailures);
        yield return One("failure_rate", now.FailureRate);
        yield return One("success_rate", now.SuccessRate);
        yield return One("in_flight", now.InFlight);
        yield return One("half_open_in_flight", now.HalfOpenInFlight);
        yield return One("oldest_in_flight_seconds", now.OldestInFlight?.TotalSeconds);
        yield return One("reopens", now.Reopens);
        yield return One("would_trip_total", now.WouldTrips);
        yield return One("state_entered_timestamp_seconds", Unix(now.EnteredAt));
        yield return One("next_probe_timestamp_seconds", Unix(now.NextProbeAt));
        yield return One("signals_dropped_total", now.SignalsDropped);
        foreach (var slow in now.SlowCalls)
        {
            yield return One("slow_total", slow.Total, "0.5");
            yield return One("slow_rate", slow.Rate, "0.5");
            yield return One("overdue", slow.Overdue, "0.5");
        }

        foreach (var threshold in now.RuleThresholds)
        {
            yield return One("rule_threshold", threshold.Value, threshold.Rule);
        }

        string[] sources =
        [
            "predicate",
            "tripper",
            "recovery",
            "permit",
            "break_duration",
            "window",
            "listener",
            "break_duration_hint",
            "metric",
            "clock",
            "key_selector",
            "probe_gate",
        ];
        for (var source = 0; source < sources.Length; source++)
        {
            yield return One("user_errors_total", now.UserErrors((UserErrorSource)source), sources[source]);
        }

        foreach (var (state, durations) in now.Durations())
        {
            foreach (var bound in durations.Buckets.Seconds.Append(double.PositiveInfinity))
            {
                var le = double.IsInfinity(bound) ? "+Inf" : bound.ToString(System.Globalization.CultureInfo.InvariantCulture);
                yield return One("request_duration_seconds_bucket", Below(now, bound, state), state.ToLabel(), le);
            }

            yield return One("request_duration_seconds_sum", durations.Sum.TotalSeconds, state.ToLabel());
            yield return One("request_duration_seconds_count", durations.Count, state.ToLabel());
        }
    }

    private static KeyValuePair<string, double?> One(string name, double? value, params string[] labels) =>
        new($"circuit_breaker_{name}({string.Join(", ", labels)})", value);

    private static string Key(Series series) => $"{series.Name}({string.Join(", ", series.Labels.Values.Skip(1))})";

    private static double? Unix(DateTimeOffset? time) => (time - DateTimeOffset.UnixEpoch)?.TotalSeconds;

    private static bool IsBucket(Series series, string state, double bound) =>
        series.Name is "circuit_breaker_request_duration_seconds_bucket"
        && series.Labels["state"] == state
        && (
            double.IsInfinity(bound)
                ? series.Labels["le"] is "+Inf"
                : series.Labels["le"] == bound.ToString(System.Globalization.CultureInfo.InvariantCulture)
        );

    private static long Below(BreakerSnapshot now, double bound, BreakerState state = BreakerState.Closed)
    {
        var histogram = Histogram(now, state);
        return histogram
            .Counts.Where((_, i) => i == histogram.Buckets.Seconds.Count ? double.IsInfinity(bound) : histogram.Buckets.Seconds[i] <= bound)
            .Sum();
    }

    private static DurationHistogram Histogram(BreakerSnapshot now, BreakerState state) =>
        now.Durations().Single(durations => durations.State == state).Durations;
}
