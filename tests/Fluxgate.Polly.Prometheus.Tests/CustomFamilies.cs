namespace Fluxgate;

public sealed class CustomFamilies
{
    private static MetricFamily OpenTotal =>
        MetricFamily.Signals("circuit_breaker_open_total", "How often the circuit opened.", signal => signal.NewState == BreakerState.Open);

    [Fact]
    public void The_documented_example_counts_every_opening_from_zero()
    {
        var metrics = new PrometheusMetrics();
        metrics.Add(OpenTotal);
        var world = new World(new() { Listeners = { new PrometheusListener(metrics) } });
        Assert.Equal(0, Page.Of(metrics)["circuit_breaker_open_total{circuit_name=\"payments\"}"]);

        world.Breaker.Trip();
        world.Breaker.Reset();
        world.Breaker.Trip();

        var page = Page.Of(metrics);
        Assert.Equal(2, page["circuit_breaker_open_total{circuit_name=\"payments\"}"]);
        Assert.Contains(("circuit_breaker_open_total", "counter"), page.Families);
        GC.KeepAlive(world);
    }

    [Fact]
    public void Custom_gauges_and_counters_of_the_snapshot_are_on_the_page()
    {
        var busy = new BusyBreakers();
        busy.Metrics.Add(MetricFamily.Gauge("circuit_calls_in_window", "Calls in the window.", now => now.WindowRequests));
        busy.Metrics.Add(
            MetricFamily.Gauge("circuit_break_left_seconds", "What is left of the break.", now => now.RetryAfter?.TotalSeconds)
        );
        busy.Metrics.Add(
            MetricFamily.Counter(
                "circuit_verdicts_total",
                "Calls by verdict.",
                ["verdict"],
                (now, samples) =>
                {
                    samples.Add(now.Successes, "success");
                    samples.Add(now.Failures, "failure");
                }
            )
        );

        var page = busy.Page;

        Assert.Equal(5, page["circuit_calls_in_window{circuit_name=\"orders\"}"]);
        Assert.Equal(7, page["circuit_break_left_seconds{circuit_name=\"payments\"}"]);
        Assert.False(page.Has("circuit_break_left_seconds{circuit_name=\"orders\"}"));
        Assert.Equal(6, page["circuit_verdicts_total{circuit_name=\"payments\",verdict=\"failure\"}"]);
    }

    [Fact]
    public void Callbacks_and_a_histogram_of_the_process_are_on_the_same_page()
    {
        var metrics = new PrometheusMetrics();
        var waiting = 3;
        var durations = new DurationRecorder(new(0.1, 1));
        metrics.Add(MetricFamily.Gauge("orders_waiting", "Orders that wait.", () => waiting));
        metrics.Add(MetricFamily.Counter("http_requests_total", "Requests by path.", ["path"], samples => samples.Add(7, "/orders")));
        metrics.Add(MetricFamily.Histogram("payment_duration_seconds", "How long payments took.", durations));
        durations.Record(TimeSpan.FromMilliseconds(100));
        durations.Record(TimeSpan.FromSeconds(0.5));
        durations.Record(TimeSpan.FromSeconds(2));
        waiting = 4;

        var page = Page.Of(metrics);

        Assert.Equal(4, page["orders_waiting"]);
        Assert.Equal(7, page["http_requests_total{path=\"/orders\"}"]);
        Assert.Equal(1, page["payment_duration_seconds_bucket{le=\"0.1\"}"]);
        Assert.Equal(2, page["payment_duration_seconds_bucket{le=\"1\"}"]);
        Assert.Equal(3, page["payment_duration_seconds_bucket{le=\"+Inf\"}"]);
        Assert.Equal(2.6, page["payment_duration_seconds_sum"], precision: 9);
        Assert.Equal(3, page["payment_duration_seconds_count"]);
    }

    [Fact]
    public void Adding_the_same_family_twice_is_a_no_op()
    {
        var metrics = new PrometheusMetrics();
        var family = OpenTotal;

        Assert.True(metrics.Add(family));
        Assert.False(metrics.Add(family));
        Assert.False(metrics.Add(OpenTotal));

        var world = new World(new() { Listeners = { new PrometheusListener(metrics), new PrometheusListener(metrics) } });
        world.Breaker.Trip();
        Assert.Equal(1, Page.Of(metrics)["circuit_breaker_open_total{circuit_name=\"payments\"}"]);
        GC.KeepAlive(world);
    }

    [Fact]
    public void A_family_that_conflicts_with_another_name_throws_and_is_not_added()
    {
        var metrics = new PrometheusMetrics();
        metrics.Add(OpenTotal);

        MetricFamily[] others =
        [
            MetricFamily.Gauge("circuit_breaker_state", "Another type of labels.", now => 1),
            MetricFamily.Counter("circuit_breaker_open_total", "The process's.", () => 1),
            MetricFamily.Counter("circuit_breaker_open_total", "Other labels.", ["why"], (_, samples) => samples.Add(1, "x")),
            MetricFamily.Gauge("circuit_breaker_open", "OpenMetrics would name both so.", now => 1),
        ];

        Assert.All(
            others,
            other =>
                Assert.Contains(other.Name, Assert.Throws<ArgumentException>(() => metrics.Add(other)).Message, StringComparison.Ordinal)
        );
        Assert.Equal(new MetricCatalog().Count + 1, metrics.Families.Count);
    }

    [Fact]
    public void Constant_and_renamed_labels_are_on_every_series()
    {
        var catalog = new MetricCatalog
        {
            ConstantLabels = { ["service"] = "shop \"one\"\n", ["environment"] = "production" },
            LabelNames = { ["circuit_name"] = "circuit", ["state"] = "in_state" },
        };
        catalog.Add(MetricFamily.Gauge("orders_waiting", "Orders that wait.", () => 4));
        var page = new BusyBreakers(catalog).Page;

        Assert.NotEmpty(page.All);
        Assert.All(page.All, series => Assert.Equal("production", series.Labels["environment"]));
        Assert.All(page.All, series => Assert.Equal("shop \"one\"\n", series.Labels["service"]));
        Assert.All(page.All, series => Assert.DoesNotContain("circuit_name", series.Labels.Keys));
        Assert.All(page.All, series => Assert.DoesNotContain("state", series.Labels.Keys));
        Assert.Equal(6, page.All.Count(series => series.Name is "circuit_breaker_state" && series.Labels["circuit"] is "orders"));
        Assert.Contains(page.All, series => series.Name is "circuit_breaker_state" && series.Labels["in_state"] is "half_open");
        Assert.Contains(page.All, series => series.Name is "orders_waiting");
    }

    [Fact]
    public void A_removed_family_is_not_on_the_page()
    {
        var catalog = new MetricCatalog();
        Assert.True(catalog.Remove("circuit_breaker_stale_total"));
        Assert.True(catalog.Remove("circuit_breaker_request_duration_seconds"));
        var busy = new BusyBreakers(catalog);

        Assert.DoesNotContain("stale", busy.Page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("circuit_breaker_request_duration", busy.Page.Text, StringComparison.Ordinal);
        Assert.Empty(busy.Open.Now.Durations());
        Assert.Equal(new MetricCatalog().Count - 2, busy.Page.Families.Count);
    }

    [Fact]
    public void Buckets_are_those_of_the_catalog()
    {
        var catalog = new MetricCatalog { DurationBuckets = new(0.3, 0.8) };

        Assert.Equal(
            ["0.3", "0.8", "+Inf"],
            new BusyBreakers(catalog)
                .Page.All.Where(series => series.Name is "circuit_breaker_request_duration_seconds_bucket")
                .Select(series => series.Labels["le"])
                .Distinct()
        );
    }

    [Theory]
    [InlineData(PageFormat.Text)]
    [InlineData(PageFormat.OpenMetrics)]
    public void A_family_whose_callback_throws_is_omitted_and_counted(PageFormat format)
    {
        var received = new List<string>();
        var catalog = new MetricCatalog { OnError = (family, error) => received.Add($"{family.Name}: {error.Message}") };
        catalog.Add(
            MetricFamily.Gauge(
                "half_way",
                "Throws after its first sample.",
                ["number"],
                (now, samples) =>
                {
                    samples.Add(1, "one");
                    throw new InvalidOperationException("half-way");
                }
            )
        );
        catalog.Add(MetricFamily.Gauge("of_the_process", "Throws.", double () => throw new InvalidOperationException("mine")));
        catalog.Add(MetricFamily.Gauge("after_them", "Does not.", () => 1));
        var busy = new BusyBreakers(catalog);
        _ = busy.Metrics.Written(format);

        var text = System.Text.Encoding.UTF8.GetString(busy.Metrics.Written(format));

        Assert.DoesNotContain("half_way{", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nof_the_process ", text, StringComparison.Ordinal);
        Assert.Contains("\nafter_them 1\n", text, StringComparison.Ordinal);
        Assert.Equal(2, busy.Open.Now.UserErrors(UserErrorSource.Metric));
        Assert.Equal(2, busy.Closed.Now.UserErrors(UserErrorSource.Metric));
        Assert.Equal(2, busy.Page["circuit_breaker_user_errors_total{circuit_name=\"payments\",source=\"metric\"}"]);
        Assert.Equal("of_the_process: mine", received[0]);
    }
}
