using Outage;

namespace Fluxgate;

/// <summary>A real Prometheus scraped a process through an outage: what it answers is what the process counted.</summary>
public sealed class AnOutageSeenByPrometheus(MonitoredOutage outage) : IClassFixture<MonitoredOutage>
{
    private static readonly string[] States = [.. Enum.GetValues<BreakerState>().Select(state => state.ToLabel())];

    [NeedsPrometheusFact]
    public async Task Every_expression_of_the_documentation_is_answered()
    {
        Assert.True(KitDocument.Expressions.Count > 20);
        foreach (var expression in KitDocument.Expressions)
        {
            await AnswersAsync(KitDocument.Name, expression);
        }
    }

    [NeedsPrometheusFact]
    public async Task Every_rule_is_evaluated_and_answered()
    {
        var groups = (await outage.Prometheus.GetAsync("api/v1/rules")).GetProperty("data").GetProperty("groups");
        var rules = groups.EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray()).ToArray();

        Assert.True(rules.Length >= 16);
        foreach (var rule in rules)
        {
            var name = KitDashboard.Text(rule, "name");
            Assert.True(KitDashboard.Text(rule, "health") == "ok", $"{name}: {rule}");
            await AnswersAsync(name, KitDashboard.Text(rule, "query"));
            Assert.True(TheDashboard.SaysWhich(KitDashboard.Text(rule, "query")), name);
            if (KitDashboard.Text(rule, "type") == "recording")
            {
                await AnswersAsync(name, name);
            }
        }
    }

    [NeedsPrometheusFact]
    public async Task Every_expression_of_the_dashboard_is_answered()
    {
        foreach (var (where, expression) in KitDashboard.Expressions)
        {
            await AnswersAsync(where, KitDashboard.Chosen(expression));
        }

        foreach (var variable in KitDashboard.Variables.Skip(1))
        {
            var (series, label) = KitDashboard.LabelValues(variable);
            await AnswersAsync(label, $"count by ({label}) ({KitDashboard.Chosen(series)})");
        }
    }

    [NeedsPrometheusFact]
    public async Task A_circuit_that_is_chosen_is_alone_on_the_dashboard()
    {
        var named = 0;
        foreach (var (_, expression) in KitDashboard.Expressions)
        {
            var circuits = (await outage.AskAsync(KitDashboard.Chosen(expression, circuit: "inventory")))
                .Select(sample => sample.Circuit)
                .ToArray();
            Assert.All(circuits.Where(circuit => circuit.Length > 0), circuit => Assert.Equal("inventory", circuit));
            named += circuits.Length;
        }

        Assert.True(named > 10);
    }

    [NeedsPrometheusFact]
    public async Task Counters_and_gauges_are_what_the_process_counted()
    {
        await EqualsAsync("circuit_breaker_requests_total", circuit => circuit.Successes + circuit.Failures + circuit.Ignored);
        await EqualsAsync("circuit_breaker_successes_total", circuit => circuit.Successes);
        await EqualsAsync("circuit_breaker_failures_total", circuit => circuit.Failures);
        await EqualsAsync("circuit_breaker_ignored_total", circuit => circuit.Ignored);
        await EqualsAsync("circuit_breaker_stale_total", circuit => circuit.Stale);
        await EqualsAsync("circuit_breaker_in_flight", circuit => circuit.InFlight);
        await EqualsAsync("circuit_breaker_would_trip_total", circuit => circuit.WouldTrips);
        await EqualsAsync("circuit_breaker_signals_dropped_total", circuit => circuit.SignalsDropped);
        await EqualsAsync(
            "sum by (circuit_name) (circuit_breaker_user_errors_total{job=\"quickstart\"})",
            circuit => circuit.UserErrors.Values.Sum()
        );
        await EqualsAsync(
            "circuit_breaker_user_errors_total{source=\"predicate\"}",
            circuit => circuit.UserErrors.GetValueOrDefault("predicate")
        );
        await EqualsAsync("circuit_breaker_state_code", circuit => Array.IndexOf(States, circuit.State));
        await EqualsAsync("circuit_breaker_state_entered_timestamp_seconds", circuit => circuit.Entered);
        await EqualsAsync(
            "sum by (circuit_name) (circuit_breaker_request_duration_seconds_count{job=\"quickstart\"}) or sum by (circuit_name) (circuit_breaker_state_code{job=\"quickstart\"} * 0)",
            circuit => circuit.Durations.Sum()
        );
        foreach (var state in (string[])["open", "half_open", "forced_open"])
        {
            await EqualsAsync($"circuit_breaker_rejected_total{{state=\"{state}\"}}", circuit => circuit.Rejected.GetValueOrDefault(state));
        }

        foreach (var state in States)
        {
            await EqualsAsync($"circuit_breaker_state{{state=\"{state}\"}}", circuit => circuit.State == state ? 1 : 0);
        }
    }

    [NeedsPrometheusFact]
    public async Task What_is_absent_in_the_snapshot_is_absent_in_Prometheus_and_the_rest_is_equal()
    {
        await EqualsAsync("circuit_breaker_next_probe_timestamp_seconds", circuit => circuit.NextProbe);
        await EqualsAsync("circuit_breaker_reopens", circuit => circuit.Reopens);
        await EqualsAsync("circuit_breaker_consecutive_failures", circuit => circuit.ConsecutiveFailures);
        await EqualsAsync("circuit_breaker_consecutive_successes", circuit => circuit.ConsecutiveSuccesses);
        await EqualsAsync("circuit_breaker_slow_total", circuit => circuit.SlowCalls);
        await EqualsAsync("circuit_breaker_slow_rate", circuit => circuit.SlowRate);
        foreach (var rule in outage.Counted.Values.SelectMany(circuit => circuit.Thresholds.Keys).Distinct(StringComparer.Ordinal))
        {
            await EqualsAsync(
                $"circuit_breaker_rule_threshold{{rule=\"{rule}\"}}",
                circuit => circuit.Thresholds.TryGetValue(rule, out var value) ? value : null
            );
        }

        Assert.Contains(outage.Counted.Values, circuit => circuit.NextProbe is not null);
        Assert.Contains(outage.Counted.Values, circuit => circuit.Reopens > 0);
        Assert.Contains(outage.Counted.Values, circuit => circuit.SlowCalls > 0);
        Assert.Contains(outage.Counted.Values, circuit => circuit.SlowRate is not null);
    }

    [NeedsPrometheusFact]
    public async Task Transitions_are_the_signals_that_a_listener_heard()
    {
        var answered = (await outage.AskAsync("circuit_breaker_state_transition_total{job=\"quickstart\"} > 0")).ToDictionary(
            sample => (sample.Circuit, $"{sample["old_state"]} {sample["new_state"]}"),
            sample => (long)sample.Value
        );
        var heard = outage.Counted.SelectMany(circuit =>
            circuit.Value.Transitions.Select(transition => ((circuit.Key, transition.Key), transition.Value))
        );

        Assert.Equal(heard.ToDictionary(), answered);
        Assert.True(answered.Count > 10);
    }

    [NeedsPrometheusFact]
    public async Task A_manual_transition_is_born_at_1_so_its_increase_is_missed()
    {
        const string ForcedOpen = "circuit_breaker_state_transition_total{new_state=\"forced_open\"}";

        Assert.Equal(1, (await outage.AskAsync(ForcedOpen)).Single().Value);
        Assert.All(await outage.AskAsync($"increase({ForcedOpen}[1h])"), sample => Assert.Equal(0, sample.Value));
        Assert.Equal("maintenance", (await outage.AskAsync("circuit_breaker_state{state=\"forced_open\"} == 1")).Single().Circuit);
    }

    [NeedsPrometheusFact]
    public async Task The_rate_in_the_window_is_that_of_the_snapshot_and_absent_with_it()
    {
        var answered = (await outage.AskAsync("circuit_breaker_failure_rate{job=\"quickstart\"}")).ToDictionary(
            sample => sample.Circuit,
            sample => sample.Value
        );

        Assert.Equal(
            outage
                .Counted.Where(circuit => circuit.Value.WindowFailureRate is not null)
                .ToDictionary(circuit => circuit.Key, circuit => circuit.Value.WindowFailureRate!.Value),
            answered
        );
        Assert.DoesNotContain("inventory", answered.Keys);
    }

    [NeedsPrometheusFact]
    public async Task What_people_ask_for_first_is_answered()
    {
        var open = await outage.AskAsync("circuit_breaker_state{state=\"open\"} == 1");
        Assert.Equal(
            outage.Counted.Where(circuit => circuit.Value.State == "open").Select(circuit => circuit.Key),
            open.Select(sample => sample.Circuit)
        );
        Assert.NotEmpty(open);

        var states = await outage.AskAsync("sum(circuit_breaker_state{job=\"quickstart\"}) by (state)");
        Assert.Equal(
            States.ToDictionary(state => state, state => (double)outage.Counted.Values.Count(circuit => circuit.State == state)),
            states.ToDictionary(sample => sample["state"], sample => sample.Value)
        );

        await ProportionalAsync("sum(rate(circuit_breaker_state_transition_total{new_state=\"open\"}[5m])) by (circuit_name)", "open");
        await ProportionalAsync(
            "sum by (circuit_name) (increase(circuit_breaker_state_transition_total{new_state=\"half_open\"}[1h]))",
            "half_open"
        );
    }

    [NeedsPrometheusFact]
    public async Task The_failure_ratio_is_the_one_that_the_callers_saw()
    {
        var answered = (await outage.AskAsync("instance:circuit_breaker_failure_ratio:rate2m{job=\"quickstart\"}")).ToDictionary(
            sample => sample.Circuit,
            sample => sample.Value
        );
        var counted = outage.Counted.Where(circuit => circuit.Value.Successes + circuit.Value.Failures > 0).ToDictionary();

        Assert.Equal(counted.Keys.Order(StringComparer.Ordinal), answered.Keys.Order(StringComparer.Ordinal));
        Assert.All(
            counted,
            circuit =>
                Assert.Equal(
                    (double)circuit.Value.Failures / (circuit.Value.Successes + circuit.Value.Failures),
                    answered[circuit.Key],
                    tolerance: 1e-9
                )
        );
    }

    [NeedsPrometheusFact]
    public async Task A_quantile_is_that_of_the_durations()
    {
        var answered = await outage.AskAsync(
            "histogram_quantile(0.9, sum by (circuit_name, le) (circuit_breaker_request_duration_seconds_bucket{circuit_name=\"search\"}))"
        );

        Assert.Equal(Quantile(0.9, outage.Counted["search"].Durations), Assert.Single(answered).Value, tolerance: 1e-9);
    }

    [NeedsPrometheusFact]
    public async Task The_process_without_an_outage_has_none()
    {
        var moved = await outage.AskAsync("sum({__name__=~\"circuit_breaker_.*_total\", job=\"web\"})");
        var born = await outage.AskAsync("count(circuit_breaker_state_code{job=\"web\"})");

        Assert.Equal((0, outage.Counted.Count), (moved.Single().Value, born.Single().Value));
    }

    [NeedsPrometheusFact]
    public async Task Every_alert_reaches_Alertmanager_for_the_circuits_that_it_is_about()
    {
        var expected = new SortedDictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["FluxgateCircuitNotClosed"] = Circuits(circuit => circuit.State is "open" or "half_open"),
            ["FluxgateCircuitNotClosedForLong"] = Circuits(circuit => circuit.State is "open" or "half_open"),
            ["FluxgateFailureRatioHigh"] = Circuits(circuit => circuit.Failures > 0.1 * (circuit.Failures + circuit.Successes)),
            ["FluxgateCircuitFlapping"] = Circuits(circuit => circuit.Transitions.GetValueOrDefault("closed open") >= 3),
            ["FluxgateHalfOpenForLong"] = Circuits(circuit => circuit.State is "half_open"),
            ["FluxgateForcedOpenForLong"] = Circuits(circuit => circuit.State is "forced_open"),
            ["FluxgateWouldTrip"] = Circuits(circuit => circuit.WouldTrips > 0),
            ["FluxgateUserCodeErrors"] = Circuits(circuit => circuit.UserErrors.Count > 0),
            ["FluxgateSignalsDropped"] = Circuits(circuit => circuit.SignalsDropped > 0),
        };
        Assert.All(expected, alert => Assert.True(alert.Value.Length > 0, alert.Key));

        var all = Lines(expected.SelectMany(alert => alert.Value.Select(circuit => (alert.Key, circuit, "quickstart"))));
        await KitWait.UntilAsync(
            () => Task.FromResult(Seen().Contains(all, StringComparer.Ordinal)),
            () => $"these alerts:\n{all}\nSeen:\n{Seen().LastOrDefault()}"
        );
    }

    [NeedsPrometheusFact]
    public async Task A_circuit_that_is_not_closed_calls_somebody()
    {
        await KitWait.UntilAsync(
            () =>
                Task.FromResult(
                    // The one after a minute is heard before, unless this machine stalls: then the other inhibits it.
                    outage.Webhook.Fired.Any(alert =>
                        alert["alertname"] == "FluxgateCircuitNotClosedForLong" && alert["circuit_name"] == "inventory"
                    )
                ),
            () => $"the receiver to hear of it: {string.Join('\n', outage.Webhook.Fired.Select(alert => string.Join(' ', alert.Values)))}"
        );
        var alerts = await KitAlerts.OfAsync(outage.Alertmanager);
        var (labels, annotations) = alerts.First(alert =>
            alert.Labels["alertname"] == "FluxgateCircuitNotClosedForLong" && alert.Labels["circuit_name"] == "inventory"
        );

        Assert.Equal("critical", labels["severity"]);
        Assert.Equal($"Circuit inventory on {labels["instance"]} has not been closed for ten minutes", annotations["summary"]);
        Assert.NotEmpty(annotations["runbook"]);
        Assert.All(outage.Webhook.Fired, alert => Assert.Equal("quickstart", alert["job"]));
    }

    private static string Lines(IEnumerable<(string, string, string)> alerts) =>
        string.Join('\n', alerts.Select(alert => $"{alert}").Order(StringComparer.Ordinal));

    /// <summary>As Prometheus does it: linear within the bucket that holds the rank.</summary>
    private static double Quantile(double quantile, IReadOnlyList<long> counts)
    {
        var rank = quantile * counts.Sum();
        var (below, lower) = (0L, 0.0);
        for (var i = 0; ; i++)
        {
            var upper = DurationBuckets.Default.Seconds[i];
            if (below + counts[i] >= rank)
            {
                return lower + ((upper - lower) * (rank - below) / counts[i]);
            }

            (below, lower) = (below + counts[i], upper);
        }
    }

    private string[] Circuits(Func<Counted, bool> where) =>
        [.. outage.Counted.Where(circuit => where(circuit.Value)).Select(circuit => circuit.Key)];

    private IEnumerable<string> Seen() =>
        outage.Alerts.Select(alerts =>
            Lines(alerts.Select(alert => (alert.Labels["alertname"], alert.Labels["circuit_name"], alert.Labels["job"])))
        );

    private async Task AnswersAsync(string where, string expression)
    {
        var answer = await outage.AskAsync(expression);
        Assert.True(answer.Any(sample => !double.IsNaN(sample.Value)), $"{where} got no answer: {expression}");
    }

    private async Task EqualsAsync(string expression, Func<Counted, double?> counted)
    {
        var answered = (await outage.AskAsync(expression))
            .Where(sample => sample["job"] is "quickstart" or "")
            .ToDictionary(sample => sample.Circuit, sample => sample.Value);

        var expected = outage
            .Counted.Where(circuit => counted(circuit.Value) is not null)
            .ToDictionary(circuit => circuit.Key, circuit => counted(circuit.Value)!.Value);
        Assert.Equal(expected, answered);
    }

    /// <summary>increase() and rate() extrapolate, all series alike: what they say of two circuits is in the proportion of what was counted.</summary>
    private async Task ProportionalAsync(string expression, string newState)
    {
        var answered = (await outage.AskAsync(expression)).ToDictionary(sample => sample.Circuit, sample => sample.Value);
        var counted = outage.Counted.ToDictionary(
            circuit => circuit.Key,
            circuit =>
                circuit
                    .Value.Transitions.Where(transition => transition.Key.EndsWith($" {newState}", StringComparison.Ordinal))
                    .Sum(transition => transition.Value)
        );

        var unit = answered["inventory"] / counted["inventory"];
        Assert.True(unit > 0);
        Assert.All(counted, circuit => Assert.Equal(circuit.Value, answered[circuit.Key] / unit, tolerance: 1e-6));
    }
}
