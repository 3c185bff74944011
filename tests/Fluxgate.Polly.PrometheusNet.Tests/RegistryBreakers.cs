using Prometheus;

namespace Fluxgate;

public sealed class RegistryBreakers
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();

    [Fact]
    public async Task The_series_equal_those_of_the_Fluxgate_page()
    {
        var own = new PrometheusMetrics();
        var (world, orders) = (Listened("payments", own), Listened("orders", own));
        Outage(world);
        orders.Succeed(3);

        var page = await CollectAsync();

        var expected = Page.Of(own);
        Assert.Equal(Described(expected), Described(page));
        Assert.Equal(expected.Families, page.Families);
        Assert.True(page.All.Count > 100);
    }

    [Fact]
    public async Task All_series_follow_the_breakers()
    {
        var own = new PrometheusMetrics();
        var world = Listened("payments", own);
        foreach (
            var act in new Action[]
            {
                () => world.Succeed(2),
                () => Outage(world),
                () => world.Wait(60),
                () => world.Succeed(),
                () => world.Breaker.Disable(),
                () => world.Breaker.Reset(),
            }
        )
        {
            act();
            Assert.Equal(Described(Page.Of(own)), Described(await CollectAsync()));
        }
    }

    [Fact]
    public async Task Histograms_keep_their_counts_and_sums_over_repeated_collections()
    {
        var world = Listened("payments", new());
        var random = new Random(20260601);
        for (var round = 0; round < 50; round++)
        {
            for (var call = 0; call < 20; call++)
            {
                world.Take(TimeSpan.FromMilliseconds(Math.Pow(10, random.NextDouble() * 5)));
            }

            var page = await CollectAsync();
            var durations = world.Now.Durations().Single().Durations;
            Assert.Equal(
                durations.Count,
                page["circuit_breaker_request_duration_seconds_count{circuit_name=\"payments\",state=\"closed\"}"]
            );
            Assert.Equal(
                durations.Sum.TotalSeconds,
                page["circuit_breaker_request_duration_seconds_sum{circuit_name=\"payments\",state=\"closed\"}"],
                durations.Sum.TotalSeconds * 1e-9
            );
            Assert.Equal(
                durations.Counts[0] + durations.Counts[1],
                page["circuit_breaker_request_duration_seconds_bucket{circuit_name=\"payments\",state=\"closed\",le=\"0.01\"}"]
            );
        }
    }

    [Fact]
    public async Task M5_series_are_removed_with_their_breaker_and_start_again_at_zero()
    {
        var (payments, orders) = (Listened("payments", new()), Listened("orders", new()));
        payments.Succeed(5);
        orders.Take(TimeSpan.FromSeconds(1));
        await CollectAsync();

        payments.Breaker.Dispose();
        Assert.Equal(["orders"], (await CollectAsync()).Circuits);

        // Disposed and created again between two collections.
        orders.Breaker.Dispose();
        var again = Listened("orders", new());
        Assert.Equal(0, (await CollectAsync())["circuit_breaker_requests_total{circuit_name=\"orders\"}"]);
        again.Take(TimeSpan.FromSeconds(3));

        var page = await CollectAsync();
        Assert.Equal(1, page["circuit_breaker_requests_total{circuit_name=\"orders\"}"]);
        Assert.Equal(3, page["circuit_breaker_request_duration_seconds_sum{circuit_name=\"orders\",state=\"closed\"}"], 1e-9);
    }

    [Fact]
    public async Task A_second_listener_for_a_registry_counts_nothing_twice()
    {
        var metrics = PrometheusNetMetrics.In(_registry);
        Assert.Same(metrics, PrometheusNetMetrics.In(_registry));
        var world = new World(
            new() { Listeners = { new PrometheusNetListener(metrics), new PrometheusNetListener(PrometheusNetMetrics.In(_registry)) } }
        );
        world.Succeed(4);

        var page = await CollectAsync();

        Assert.Equal(4, page["circuit_breaker_requests_total{circuit_name=\"payments\"}"]);
        Assert.Equal(4, page["circuit_breaker_request_duration_seconds_count{circuit_name=\"payments\",state=\"closed\"}"]);
        Assert.Contains(
            "Specify it in the first call",
            Assert.Throws<InvalidOperationException>(() => PrometheusNetMetrics.In(_registry, new())).Message,
            StringComparison.Ordinal
        );
        Assert.Same(PrometheusNetMetrics.Default, new PrometheusNetListener().Metrics);
    }

    [Fact]
    public async Task A_catalog_sets_names_constant_labels_and_families()
    {
        var catalog = new MetricCatalog { LabelNames = { ["circuit_name"] = "circuit" }, ConstantLabels = { ["service"] = "shop" } };
        catalog.Remove("circuit_breaker_reopens");
        var world = new World(new() { Listeners = { new PrometheusNetListener(PrometheusNetMetrics.In(_registry, catalog)) } });
        world.Succeed();

        var page = await CollectAsync();

        Assert.Equal(1, page["circuit_breaker_requests_total{circuit=\"payments\",service=\"shop\"}"]);
        Assert.DoesNotContain(page.Families, family => family.Name is "circuit_breaker_reopens");
    }

    [Fact]
    public async Task Custom_families_are_in_the_same_registry()
    {
        var metrics = PrometheusNetMetrics.In(_registry);
        var opened = MetricFamily.Signals("circuit_breaker_open_total", "How often.", signal => signal.NewState == BreakerState.Open);
        var shipping = new DurationRecorder(new(1, 2));
        Assert.True(metrics.Add(opened));
        Assert.False(metrics.Add(opened));
        metrics.Add(MetricFamily.Gauge("orders_waiting", "Orders.", () => 7));
        metrics.Add(MetricFamily.Histogram("shipping_seconds", "Shipping.", shipping));
        var world = new World(new() { Listeners = { new PrometheusNetListener(metrics) } });
        world.Breaker.Trip();
        shipping.Record(TimeSpan.FromSeconds(1.5));

        var page = await CollectAsync();

        Assert.Equal(1, page["circuit_breaker_open_total{circuit_name=\"payments\"}"]);
        Assert.Equal(7, page["orders_waiting"]);
        Assert.Equal(1, page["shipping_seconds_bucket{le=\"2\"}"]);
        Assert.Equal(1.5, page["shipping_seconds_sum"], 1e-9);
    }

    [Fact]
    public async Task A_histogram_is_omitted_while_its_buckets_differ_from_the_first()
    {
        var (first, other) = (new DurationRecorder(new(1, 2)), new DurationRecorder(new(1, 2, 3)));
        var current = first;
        PrometheusNetMetrics
            .In(_registry)
            .Add(MetricFamily.Histogram("shipping_seconds", "Shipping.", [], samples => samples.Add(current.Read())));
        first.Record(TimeSpan.FromSeconds(1.5));
        Assert.Equal(1, (await CollectAsync())["shipping_seconds_count"]);

        other.Record(TimeSpan.FromSeconds(1.5));
        other.Record(TimeSpan.FromSeconds(2.5));
        current = other;
        Assert.Empty((await CollectAsync()).All);

        current = first;
        Assert.Equal(1, (await CollectAsync())["shipping_seconds_count"]);
    }

    [Fact]
    public void A_name_conflict_in_the_registry_throws_and_names_it()
    {
        Metrics.WithCustomRegistry(_registry).CreateHistogram("circuit_breaker_requests_total", "Another one.");

        var error = Assert.Throws<InvalidOperationException>(() => PrometheusNetMetrics.In(_registry));

        Assert.StartsWith("circuit_breaker_requests_total cannot be added to this registry", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task M2_no_concurrent_collection_shows_two_states()
    {
        var breaker = new FluxgateBreaker(
            "payments",
            new() { Listeners = { new PrometheusNetListener(PrometheusNetMetrics.In(_registry)) } }
        );
        await using var drivers = new Drivers(_ =>
        {
            breaker.Trip();
            breaker.Reset();
        });

        var counts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(CurrentStatesAsync)));

        Assert.All(counts.SelectMany(count => count), states => Assert.InRange(states, 0, 1));
        Assert.True(counts.SelectMany(count => count).Count(states => states == 1) > 900);

        async Task<List<int>> CurrentStatesAsync()
        {
            var states = new List<int>();
            for (var i = 0; i < 250; i++)
            {
                states.Add((await CollectAsync()).CurrentStates("payments").Length);
            }

            return states;
        }
    }

    [Fact]
    public async Task M2_sequential_collections_show_exactly_one_state()
    {
        var breaker = new FluxgateBreaker(
            "payments",
            new() { Listeners = { new PrometheusNetListener(PrometheusNetMetrics.In(_registry)) } }
        );
        await using var drivers = new Drivers(_ =>
        {
            breaker.Trip();
            breaker.Reset();
        });

        for (var i = 0; i < 1000; i++)
        {
            Assert.Single((await CollectAsync()).CurrentStates("payments"));
        }
    }

    [Fact]
    public async Task Nothing_is_counted_twice_with_the_meter_adapter()
    {
        using var meter = new BreakerMeter();
        using var adapter = MeterAdapter.StartListening(
            new() { Registry = _registry, InstrumentFilterPredicate = one => one.Meter.Name == BreakerMeter.Name }
        );
        var metrics = PrometheusNetMetrics.In(_registry);
        var world = new World(new() { Listeners = { new PrometheusNetListener(metrics), new MeteringListener(meter) } });
        world.Succeed(4);

        var page = await CollectAsync();

        Assert.Single(page.All, series => series.Name is "circuit_breaker_requests_total");
        Assert.Equal(4, page["circuit_breaker_requests_total{circuit_name=\"payments\"}"]);
        Assert.Equal(4, page["circuit_breaker_request_duration_seconds_count{circuit_name=\"payments\",state=\"closed\"}"]);
        Assert.Equal(metrics.Breakers.Families.Count, page["prometheus_net_meteradapter_instruments_connected"]);
    }

    private static IEnumerable<string> Described(Page page) =>
        page
            .All.Select(series =>
                $"{series.Name} {string.Join(' ', series.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"))} {Math.Round(series.Value, 6)}"
            )
            .Order(StringComparer.Ordinal);

    private static void Outage(World world)
    {
        world.Take(TimeSpan.FromSeconds(2));
        world.Take(TimeSpan.FromSeconds(20));
        world.Ignore();
        world.Fail(3);
        world.Rejects(7);
    }

    private World Listened(string name, PrometheusMetrics own) =>
        new(
            new()
            {
                Tripper = Tripper.FailureStreak(3) | Tripper.SlowRate(1, TimeSpan.FromSeconds(30)),
                InitialState = BreakerState.Closed,
                Listeners = { new PrometheusNetListener(PrometheusNetMetrics.In(_registry)), new PrometheusListener(own) },
            },
            name
        );

    private async Task<Page> CollectAsync()
    {
        using var stream = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(stream);
        return Page.Parse(stream.ToArray());
    }
}
