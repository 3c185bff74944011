namespace Fluxgate;

/// <summary>Checks the families of docs/monitoring.md line by line: a renamed, retyped or relabeled family breaks dashboards.</summary>
public sealed class PageCatalog
{
    private const string Gauge = "gauge";
    private const string Counter = "counter";
    private const string Histogram = "histogram";

    private static readonly (string Name, string Type, string[] Labels)[] Design =
    [
        ("circuit_breaker_state", Gauge, ["state"]),
        ("circuit_breaker_state_transition_total", Counter, ["old_state", "new_state"]),
        ("circuit_breaker_state_code", Gauge, []),
        ("circuit_breaker_requests_total", Counter, []),
        ("circuit_breaker_successes_total", Counter, []),
        ("circuit_breaker_failures_total", Counter, []),
        ("circuit_breaker_ignored_total", Counter, []),
        ("circuit_breaker_stale_total", Counter, []),
        ("circuit_breaker_abandoned_total", Counter, ["verdict"]),
        ("circuit_breaker_rejected_total", Counter, ["state"]),
        ("circuit_breaker_slow_total", Counter, ["threshold"]),
        ("circuit_breaker_consecutive_successes", Gauge, []),
        ("circuit_breaker_consecutive_failures", Gauge, []),
        ("circuit_breaker_failure_rate", Gauge, []),
        ("circuit_breaker_success_rate", Gauge, []),
        ("circuit_breaker_slow_rate", Gauge, ["threshold"]),
        ("circuit_breaker_overdue", Gauge, ["threshold"]),
        ("circuit_breaker_rule_threshold", Gauge, ["rule"]),
        ("circuit_breaker_request_duration_seconds", Histogram, ["state"]),
        ("circuit_breaker_in_flight", Gauge, []),
        ("circuit_breaker_half_open_in_flight", Gauge, []),
        ("circuit_breaker_oldest_in_flight_seconds", Gauge, []),
        ("circuit_breaker_reopens", Gauge, []),
        ("circuit_breaker_would_trip_total", Counter, []),
        ("circuit_breaker_state_entered_timestamp_seconds", Gauge, []),
        ("circuit_breaker_next_probe_timestamp_seconds", Gauge, []),
        ("circuit_breaker_user_errors_total", Counter, ["source"]),
        ("circuit_breaker_signals_dropped_total", Counter, []),
        ("circuit_breaker_group_circuits", Gauge, ["state"]),
        ("circuit_breaker_group_max_circuits", Gauge, []),
        ("circuit_breaker_group_evicted_total", Counter, []),
        ("circuit_breaker_group_shared_calls_total", Counter, ["reason"]),
        ("circuit_breaker_group_shared_state", Gauge, ["state"]),
        ("circuit_breaker_key_state", Gauge, ["key", "state"]),
        ("circuit_breaker_key_state_transition_total", Counter, ["key", "old_state", "new_state"]),
        ("circuit_breaker_key_failures_total", Counter, ["key"]),
        ("circuit_breaker_key_rejected_total", Counter, ["key"]),
    ];

    [Fact]
    public void Names_and_types_are_those_of_the_design()
    {
        Assert.Equal(Design.Select(family => (family.Name, family.Type)), new BusyBreakers().Page.Families);
    }

    [Fact]
    public void Every_family_has_series_with_the_labels_of_the_design()
    {
        var page = new BusyBreakers().Page;

        foreach (var (name, type, labels) in Design)
        {
            string[] names = type is Histogram ? [$"{name}_bucket", $"{name}_sum", $"{name}_count"] : [name];
            foreach (var each in names)
            {
                var series = page.All.Where(series => series.Name == each).ToList();
                Assert.NotEmpty(series);
                string[] le = each.EndsWith("_bucket", StringComparison.Ordinal) ? ["le"] : [];
                Assert.All(series, one => Assert.Equal(["circuit_name", .. labels, .. le], one.Labels.Keys));
            }
        }
    }

    [Fact]
    public void Label_values_are_those_of_the_design()
    {
        var page = new BusyBreakers().Page;

        string[] states = ["closed", "open", "half_open", "metrics_only", "disabled", "forced_open"];
        Assert.Equal(states, Values("circuit_breaker_state", "state"));
        Assert.Equal(["open", "half_open", "forced_open"], Values("circuit_breaker_rejected_total", "state"));
        Assert.Equal(["0.5"], Values("circuit_breaker_slow_total", "threshold"));
        Assert.Equal(["0.5"], Values("circuit_breaker_slow_rate", "threshold"));
        Assert.Equal(["0.5"], Values("circuit_breaker_overdue", "threshold"));
        Assert.Equal(["FailureStreak", "FailureStreak#2", "SlowRate"], Values("circuit_breaker_rule_threshold", "rule"));
        Assert.Equal(
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
            ],
            Values("circuit_breaker_user_errors_total", "source")
        );
        Assert.Equal(states, Values("circuit_breaker_group_circuits", "state"));
        Assert.Equal(states, Values("circuit_breaker_group_shared_state", "state"));
        Assert.Equal(states, Values("circuit_breaker_key_state", "state"));
        Assert.Equal(["acme", "zeta"], Values("circuit_breaker_key_state", "key"));
        Assert.Equal(["no_place", "no_key", "selector_error"], Values("circuit_breaker_group_shared_calls_total", "reason"));
        Assert.Subset(states.ToHashSet(), Values("circuit_breaker_request_duration_seconds_count", "state").ToHashSet());

        IEnumerable<string> Values(string name, string label) =>
            page.All.Where(series => series.Name == name).Select(series => series.Labels[label]).Distinct(StringComparer.Ordinal);
    }

    [Fact]
    public void OpenMetrics_has_the_same_families_without_total_and_with_units()
    {
        var lines = System.Text.Encoding.UTF8.GetString(new BusyBreakers().Metrics.Written(PageFormat.OpenMetrics)).Split('\n');

        Assert.Equal(
            Design.Select(family => $"# TYPE {Bare(family.Name)} {family.Type}"),
            lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))
        );
        Assert.Equal(
            Design
                .Where(family => family.Name.EndsWith("_seconds", StringComparison.Ordinal))
                .Select(family => $"# UNIT {family.Name} seconds"),
            lines.Where(line => line.StartsWith("# UNIT ", StringComparison.Ordinal))
        );
        Assert.Equal(["# EOF", ""], lines[^2..]);

        static string Bare(string name) => name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;
    }

    [Fact]
    public void M3_counters_start_at_zero()
    {
        var metrics = new PrometheusMetrics();
        var world = new World(
            new() { Tripper = Tripper.SlowRate(0.5, TimeSpan.FromSeconds(1)), Listeners = { new PrometheusListener(metrics) } }
        );
        using var group = new BreakerGroup("tenants", new() { Listeners = { new PrometheusListener(metrics) } });
        group.GetOrAdd("acme");
        var page = Page.Of(metrics);
        GC.KeepAlive(world);

        foreach (var (name, _, _) in Design.Where(family => family.Type is Counter))
        {
            var born = page.All.Where(series => series.Name == name).ToList();
            Assert.NotEmpty(born);
            Assert.All(born, series => Assert.Equal(0, series.Value));
        }
    }

    [Fact]
    public void M4_rejections_while_forced_open_are_counted()
    {
        var metrics = new PrometheusMetrics();
        var world = new World(new() { Listeners = { new PrometheusListener(metrics) } });
        world.Breaker.ForceOpen();
        world.Rejects(3);

        var page = Page.Of(metrics);

        Assert.Equal(3, page["circuit_breaker_rejected_total{circuit_name=\"payments\",state=\"forced_open\"}"]);
        Assert.Equal(0, page["circuit_breaker_rejected_total{circuit_name=\"payments\",state=\"open\"}"]);
        GC.KeepAlive(world);
    }

    // Reasons, exceptions, user texts and thresholds that change with each reload: none becomes a label value.
    [Fact]
    public void M6_the_history_of_a_breaker_adds_no_unbounded_series()
    {
        var metrics = new PrometheusMetrics();
        var world = new World(new() { Listeners = { new PrometheusListener(metrics) } });
        var most = 0;
        for (var i = 0; i < 300; i++)
        {
            var slow = Tripper.SlowRate(0.5, TimeSpan.FromMilliseconds(1 + i));
            world.Breaker.Reconfigure(new() { Tripper = slow | Tripper.FailureStreak(1 + i) });
            world.Breaker.Trip($"reason {i}");
            world.Breaker.Probe($"reason {i}");
            world.Take(TimeSpan.FromMilliseconds(i * 37), i % 2 == 0 ? Verdict.Success : Verdict.Failure);
            world.Breaker.ForceOpen($"reason {i}");
            world.Breaker.Disable($"reason {i}");
            world.Breaker.MetricsOnly($"reason {i}");
            world.Breaker.Reset($"reason {i}");
            if (i == 20)
            {
                most = Page.Of(metrics).All.Count;
            }
        }

        Assert.InRange(Page.Of(metrics).All.Count, 1, most);
        Assert.Throws<ArgumentException>(() => new FluxgateBreaker(new string('x', 257)));
        GC.KeepAlive(world);
    }

    [Fact]
    public void M7_an_opening_shorter_than_a_scrape_shows_in_the_transitions()
    {
        var metrics = new PrometheusMetrics();
        var world = new World(new() { Listeners = { new PrometheusListener(metrics) } });
        var before = Page.Of(metrics);
        world.Breaker.Trip();
        world.Breaker.Reset();
        var after = Page.Of(metrics);

        Assert.Equal(before.CurrentStates("payments"), after.CurrentStates("payments"));
        Assert.Equal(1, after.Transitions("payments", "closed", "open") - before.Transitions("payments", "closed", "open"));
        GC.KeepAlive(world);
    }

    [Theory]
    [InlineData(PageFormat.Text)]
    [InlineData(PageFormat.OpenMetrics)]
    public void M9_the_state_is_a_plain_gauge(PageFormat format)
    {
        var page = System.Text.Encoding.UTF8.GetString(new BusyBreakers().Metrics.Written(format));

        Assert.Contains("# TYPE circuit_breaker_state gauge\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("stateset", page, StringComparison.Ordinal);
    }
}
