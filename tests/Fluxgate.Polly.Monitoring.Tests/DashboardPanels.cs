using System.Text.Json;

namespace Fluxgate;

/// <summary>Checks the panels of the dashboard: their order, expressions, units and colors.</summary>
public sealed class DashboardPanels
{
    private const string Matchers = "job=~\"$job\", instance=~\"$instance\", circuit_name=~\"$circuit\"";

    [Fact]
    public void The_panels_are_the_listed_ones_in_order() =>
        Assert.Equal(
            [
                ("Currently Open Circuits", "stat", "none", "state"),
                ("Circuit Trip Rate (5m)", "timeseries", "cps", "state_transition_total"),
                ("Circuit State Overview", "piechart", "none", "state"),
                ("State Timeline", "state-timeline", "none", "state_code"),
                (
                    "Failure Rate against Threshold",
                    "timeseries",
                    "percentunit",
                    "failure_rate failures_total rule_threshold successes_total"
                ),
                ("Slow Rate against Threshold", "timeseries", "percentunit", "rule_threshold slow_rate"),
                ("Calls by Verdict", "timeseries", "reqps", "failures_total ignored_total successes_total"),
                ("Requests per Second", "timeseries", "reqps", "requests_total"),
                ("Rejections", "timeseries", "reqps", "rejected_total"),
                ("Latency", "timeseries", "s", "request_duration_seconds_bucket"),
                ("Next Probe", "stat", "dateTimeFromNow", "next_probe_timestamp_seconds"),
                ("Calls in Flight", "timeseries", "none", "half_open_in_flight in_flight"),
                ("Would Trip, Errors, Dropped Signals", "timeseries", "none", "signals_dropped_total user_errors_total would_trip_total"),
                ("Overdue Calls", "timeseries", "none", "oldest_in_flight_seconds overdue"),
                ("Group Circuits by State", "timeseries", "none", "group_circuits group_max_circuits"),
                ("Group Circuits not Closed", "timeseries", "percentunit", "group_circuits"),
                ("Worst Keys", "timeseries", "reqps", "key_failures_total key_rejected_total"),
                ("Shared Calls and Evictions", "timeseries", "none", "group_evicted_total group_shared_calls_total"),
            ],
            KitDashboard.Panels.Select(panel =>
                (
                    KitDashboard.Text(panel, "title"),
                    KitDashboard.Text(panel, "type"),
                    KitDashboard.Text(Defaults(panel), "unit"),
                    Families(panel)
                )
            )
        );

    [Fact]
    public void The_first_three_panels_use_the_standard_expressions()
    {
        Assert.Equal(
            [
                $"sum(circuit_breaker_state{{state=\"open\", {Matchers}}})",
                $"sum(rate(circuit_breaker_state_transition_total{{new_state=\"open\", {Matchers}}}[5m])) by (circuit_name)",
                $"sum(circuit_breaker_state{{{Matchers}}}) by (state)",
            ],
            KitDashboard.Panels.Take(3).Select(panel => KitDashboard.ExpressionsOf(panel).Single())
        );
        Assert.Equal(["open", "{{circuit_name}}", "{{state}}"], KitDashboard.Panels.Take(3).Select(panel => Legends(panel).Single()));
        Assert.True(KitDashboard.Panels[2].GetProperty("options").GetProperty("reduceOptions").GetProperty("values").GetBoolean());
    }

    [Fact]
    public void No_open_circuit_is_green_one_is_yellow_and_five_are_red()
    {
        var panel = Panel("Currently Open Circuits");
        var steps = Defaults(panel).GetProperty("thresholds").GetProperty("steps").EnumerateArray();

        Assert.Equal(
            [(0, "green"), (1, "yellow"), (5, "red")],
            steps.Select(step => (step.GetProperty("value").GetInt32(), KitDashboard.Text(step, "color")))
        );
        Assert.Equal("thresholds", KitDashboard.Text(Defaults(panel).GetProperty("color"), "mode"));
        Assert.Equal("background", KitDashboard.Text(panel.GetProperty("options"), "colorMode"));
    }

    [Fact]
    public void A_state_has_the_same_name_and_color_in_every_panel()
    {
        (BreakerState State, string Color)[] expected =
        [
            (BreakerState.Closed, "green"),
            (BreakerState.Open, "red"),
            (BreakerState.HalfOpen, "yellow"),
            (BreakerState.MetricsOnly, "blue"),
            (BreakerState.Disabled, "text"),
            (BreakerState.ForcedOpen, "purple"),
        ];
        var mappings = Defaults(Panel("State Timeline")).GetProperty("mappings")[0].GetProperty("options").EnumerateObject();
        var slices = Panel("Circuit State Overview").GetProperty("fieldConfig").GetProperty("overrides").EnumerateArray();

        var groups = Panel("Group Circuits by State").GetProperty("fieldConfig").GetProperty("overrides").EnumerateArray().SkipLast(1);

        Assert.Equal(
            expected.Select(state => ($"{(int)state.State}", state.State.ToLabel().Replace('_', '-'), state.Color)),
            mappings.Select(mapping => (mapping.Name, KitDashboard.Text(mapping.Value, "text"), KitDashboard.Text(mapping.Value, "color")))
        );
        Assert.Equal(
            expected.Select(state => (state.State.ToLabel(), state.Color)),
            slices.Select(slice => (KitDashboard.Text(slice.GetProperty("matcher"), "options"), Color(slice)))
        );
        Assert.Equal(
            expected.Select(state => ($".* {state.State.ToLabel()}", state.Color)),
            groups.Select(line => (KitDashboard.Text(line.GetProperty("matcher"), "options"), Color(line)))
        );
    }

    [Theory]
    [InlineData("Failure Rate against Threshold", "circuit_breaker_failure_rate{", "rule=~\"FailureRate(#[0-9]+)?\"")]
    [InlineData("Slow Rate against Threshold", "circuit_breaker_slow_rate{", "rule=~\"SlowRate(#[0-9]+)?\"")]
    public void A_rate_panel_is_0_to_1_with_a_dashed_red_threshold_line(string title, string rate, string leaf)
    {
        var panel = Panel(title);
        var line = panel.GetProperty("fieldConfig").GetProperty("overrides").EnumerateArray().Single();
        var style = line.GetProperty("properties")
            .EnumerateArray()
            .Single(property => KitDashboard.Text(property, "id") == "custom.lineStyle");

        Assert.StartsWith(rate, KitDashboard.ExpressionsOf(panel).First(), StringComparison.Ordinal);
        Assert.StartsWith(
            $"max by (circuit_name, rule) (circuit_breaker_rule_threshold{{{leaf}, ",
            KitDashboard.ExpressionsOf(panel).Last(),
            StringComparison.Ordinal
        );
        Assert.Equal("{{circuit_name}} threshold", Legends(panel).Last());
        Assert.Equal((0, 1), (Defaults(panel).GetProperty("min").GetInt32(), Defaults(panel).GetProperty("max").GetInt32()));
        Assert.Equal(".* threshold", KitDashboard.Text(line.GetProperty("matcher"), "options"));
        Assert.Equal(("red", "dash"), (Color(line), KitDashboard.Text(style.GetProperty("value"), "fill")));
    }

    [Theory]
    [InlineData("Calls by Verdict", "{{circuit_name}} successes", "{{circuit_name}} failures", "{{circuit_name}} ignored")]
    [InlineData("Rejections", "{{circuit_name}} {{state}}")]
    [InlineData("Latency", "{{circuit_name}} p50", "{{circuit_name}} p95", "{{circuit_name}} p99")]
    [InlineData("Next Probe", "{{circuit_name}} ({{instance}})")]
    [InlineData("Overdue Calls", "{{circuit_name}} over {{threshold}} s", "{{circuit_name}} oldest")]
    [InlineData("Group Circuits by State", "{{circuit_name}} {{state}}", "{{circuit_name}} places")]
    [InlineData("Worst Keys", "{{circuit_name}} {{key}}")]
    [InlineData("Shared Calls and Evictions", "{{circuit_name}} {{reason}}", "{{circuit_name}} evicted")]
    public void Each_series_has_a_legend(string title, params string[] legends) => Assert.Equal(legends, Legends(Panel(title)));

    [Fact]
    public void The_latency_quantiles_match_their_legends() =>
        Assert.Equal(
            ["histogram_quantile(0.5,", "histogram_quantile(0.95,", "histogram_quantile(0.99,"],
            KitDashboard.ExpressionsOf(Panel("Latency")).Select(expression => expression.Split(' ')[0])
        );

    [Fact]
    public void The_next_probe_is_a_time_in_milliseconds_or_a_text()
    {
        var panel = Panel("Next Probe");

        Assert.EndsWith(" * 1000", KitDashboard.ExpressionsOf(panel).Single(), StringComparison.Ordinal);
        Assert.Equal("no circuit is open", KitDashboard.Text(Defaults(panel), "noValue"));
    }

    [Fact]
    public void The_age_of_the_oldest_call_has_an_axis_in_seconds()
    {
        var age = Panel("Overdue Calls").GetProperty("fieldConfig").GetProperty("overrides").EnumerateArray().Single();

        Assert.Equal(".* oldest", KitDashboard.Text(age.GetProperty("matcher"), "options"));
        Assert.Equal(
            ["s", "right"],
            age.GetProperty("properties").EnumerateArray().Take(2).Select(property => KitDashboard.Text(property, "value"))
        );
    }

    [Fact]
    public void Each_transition_is_annotated_with_its_circuit_and_states()
    {
        var annotation = KitDashboard
            .Root.GetProperty("annotations")
            .GetProperty("list")
            .EnumerateArray()
            .Single(annotation => KitDashboard.Text(annotation, "name") == "Transitions");

        Assert.Equal(
            $"sum by (circuit_name, old_state, new_state) (increase(circuit_breaker_state_transition_total{{{Matchers}}}[1m])) > 0",
            KitDashboard.Text(annotation, "expr")
        );
        Assert.Equal(KitDashboard.Text(annotation, "expr"), KitDashboard.Text(annotation.GetProperty("target"), "expr"));
        Assert.True(annotation.GetProperty("enable").GetBoolean());
        Assert.Equal(
            ("{{circuit_name}}", "{{old_state}} → {{new_state}}"),
            (KitDashboard.Text(annotation, "titleFormat"), KitDashboard.Text(annotation, "textFormat"))
        );
    }

    private static JsonElement Panel(string title) => KitDashboard.Panels.Single(panel => KitDashboard.Text(panel, "title") == title);

    private static JsonElement Defaults(JsonElement panel) => panel.GetProperty("fieldConfig").GetProperty("defaults");

    private static IEnumerable<string> Legends(JsonElement panel) =>
        panel.GetProperty("targets").EnumerateArray().Select(target => KitDashboard.Text(target, "legendFormat"));

    private static string Color(JsonElement rule) =>
        KitDashboard.Text(
            rule.GetProperty("properties")
                .EnumerateArray()
                .Single(property => KitDashboard.Text(property, "id") == "color")
                .GetProperty("value"),
            "fixedColor"
        );

    private static string Families(JsonElement panel) =>
        string.Join(
            ' ',
            KitDashboard
                .ExpressionsOf(panel)
                .SelectMany(KitDashboard.Selectors)
                .Select(selector => selector.Family["circuit_breaker_".Length..])
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
        );
}
