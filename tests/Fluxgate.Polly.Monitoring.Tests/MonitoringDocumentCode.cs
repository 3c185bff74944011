using System.Collections.Concurrent;
using System.Text;

namespace Fluxgate;

/// <summary>Checks that every C# block of docs/monitoring.md equals a region of this project, which is compiled and run.</summary>
public sealed class MonitoringDocumentCode
{
    private static readonly string[] Folders = ["tests/Fluxgate.Polly.Monitoring.Tests", "samples/PrometheusNet"];

    [Fact]
    public void Every_block_is_the_text_of_its_region()
    {
        var blocks = DocumentedCode.BlocksOf(KitDocument.Text).OrderBy(block => block.Heading, StringComparer.Ordinal).ToArray();
        var regions = Folders
            .SelectMany(folder => Directory.GetFiles(Repository.Find(folder), "*.cs").Order(StringComparer.Ordinal))
            .SelectMany(file => DocumentedCode.RegionsOf(File.ReadAllText(file), KitDocument.Name))
            .OrderBy(region => region.Heading, StringComparer.Ordinal)
            .ToArray();

        Assert.Equal(blocks.Select(block => block.Heading), regions.Select(region => region.Heading));
        Assert.All(
            blocks.Zip(regions),
            pair =>
                Assert.True(
                    DocumentedCode.Difference(pair.First, pair.Second) is [],
                    string.Join('\n', DocumentedCode.Difference(pair.First, pair.Second))
                )
        );
        Assert.NotEmpty(blocks);
    }

    [Fact]
    public async Task The_page_is_served_on_the_documented_port()
    {
        using var turn = DocumentsPort.Turn();
        Page? page = null;

        var error = await Record.ExceptionAsync(() => ServeAsync(async () => page = await ScrapeAsync(DocumentsPort.Number)));
        if (error is not null)
        {
            // Another program uses the port: the error says so, and the same page is served on another port.
            Assert.Equal(DocumentsPort.Taken, Assert.IsType<IOException>(error).Message);
            using var payments = new FluxgateBreaker("payments", new() { Listeners = { new PrometheusListener() } });
            using var server = new PrometheusServer(0);
            server.Start();
            page = await ScrapeAsync(server.Port);
        }

        Assert.Equal(["closed"], page!.CurrentStates("payments"));
        Assert.Equal(0, page.Transitions("payments", "closed", "open"));
        Assert.Contains(("circuit_breaker_state", "gauge"), page.Families);

        static async Task ServeAsync(Func<Task> meanwhile)
        {
            #region docs/monitoring.md: Scraping
            var payments = new FluxgateBreaker("payments", new FluxgateBreakerSettings { Listeners = { new PrometheusListener() } });

            using var server = new PrometheusServer(9464);
            server.Start(); // http://localhost:9464/metrics
            #endregion

            await meanwhile();
            payments.Dispose();
        }
    }

    [Fact]
    public void Families_can_be_removed_and_labels_added()
    {
        #region docs/monitoring.md: Cost
        var catalog = new MetricCatalog { ConstantLabels = { ["environment"] = "production", ["service"] = "checkout" } };
        catalog.Remove("circuit_breaker_stale_total");
        catalog.Remove("circuit_breaker_consecutive_successes");

        var metrics = new PrometheusMetrics(catalog);
        var payments = new FluxgateBreaker("payments", new FluxgateBreakerSettings { Listeners = { new PrometheusListener(metrics) } });
        #endregion

        var page = Page.Of(metrics);
        Assert.DoesNotContain(
            page.Families,
            family => family.Name is "circuit_breaker_stale_total" or "circuit_breaker_consecutive_successes"
        );
        Assert.All(page.All, series => Assert.Equal(("production", "checkout"), (series.Labels["environment"], series.Labels["service"])));
        Assert.NotEmpty(page.All);
        payments.Dispose();
    }

    [Fact]
    public void Buckets_can_be_configured()
    {
        #region docs/monitoring.md: Histogram
        var catalog = new MetricCatalog { DurationBuckets = new DurationBuckets(0.05, 0.1, 0.25, 0.5, 1, 2) };
        var metrics = new PrometheusMetrics(catalog);
        #endregion

        using var breaker = new FluxgateBreaker("payments", new() { Listeners = { new PrometheusListener(metrics) } });
        breaker.Settle(breaker.Admit(), Verdict.Success);

        Assert.Equal(
            ["0.05", "0.1", "0.25", "0.5", "1", "2", "+Inf"],
            Page.Of(metrics).All.Where(series => series.Labels.ContainsKey("le")).Select(series => series.Labels["le"])
        );
    }

    [Fact]
    public void Custom_metrics_are_on_the_page()
    {
        var metrics = new PrometheusMetrics();

        #region docs/monitoring.md: Custom metrics
        metrics.Add(
            MetricFamily.Signals(
                "circuit_breaker_open_total",
                "How often the circuit opened.",
                signal => signal.NewState == BreakerState.Open
            )
        );
        metrics.Add(MetricFamily.Gauge("circuit_breaker_window_calls", "Calls in the window.", now => now.WindowRequests));

        var orders = new ConcurrentQueue<string>();
        var checkout = new DurationRecorder(new DurationBuckets(0.1, 0.5, 1));
        metrics.Add(MetricFamily.Gauge("orders_waiting", "Orders that wait for payment.", () => orders.Count));
        metrics.Add(MetricFamily.Histogram("checkout_duration_seconds", "How long a checkout took.", checkout));
        #endregion

        using var breaker = new FluxgateBreaker("payments", new() { Listeners = { new PrometheusListener(metrics) } });
        Assert.Equal(0, Page.Of(metrics)["circuit_breaker_open_total{circuit_name=\"payments\"}"]);
        breaker.Trip();
        breaker.Reset();
        breaker.Settle(breaker.Admit(), Verdict.Failure);
        orders.Enqueue("one");
        checkout.Record(TimeSpan.FromMilliseconds(200));

        var page = Page.Of(metrics);
        Assert.Equal(1, page["circuit_breaker_open_total{circuit_name=\"payments\"}"]);
        Assert.Equal(1, page["circuit_breaker_window_calls{circuit_name=\"payments\"}"]);
        Assert.Equal(1, page["orders_waiting"]);
        Assert.Equal((0, 1), (page["checkout_duration_seconds_bucket{le=\"0.1\"}"], page["checkout_duration_seconds_bucket{le=\"0.5\"}"]));
    }

    [Fact]
    public async Task A_custom_listener_counts_openings()
    {
        const string Opened = "circuit_breaker_open_total{circuit_name=\"payments\"}";
        var metrics = new PrometheusMetrics();
        var counter = new OpenCounter();
        metrics.Add(counter.Family);
        await using var server = new PrometheusServer(0, metrics: metrics);
        server.Start();
        using var breaker = new FluxgateBreaker("payments", new() { Listeners = { counter, new PrometheusListener(metrics) } });
        Assert.Equal(0, (await ScrapeAsync(server.Port))[Opened]);

        breaker.Trip();
        breaker.Reset();
        breaker.Trip();
        var page = await ScrapeAsync(server.Port);
        Assert.Equal(2, page[Opened]);
        Assert.Contains(("circuit_breaker_open_total", "counter"), page.Families);

        breaker.Dispose();
        Assert.False((await ScrapeAsync(server.Port)).Has(Opened));
    }

    [Fact]
    public void A_second_family_with_the_name_of_a_custom_counter_throws()
    {
        var metrics = new PrometheusMetrics();
        metrics.Add(new OpenCounter().Family);

        Assert.Throws<ArgumentException>(() =>
            metrics.Add(MetricFamily.Signals("circuit_breaker_open_total", "Opened.", signal => signal.NewState == BreakerState.Open))
        );
    }

    private static async Task<Page> ScrapeAsync(int port) => Page.Parse(Encoding.UTF8.GetBytes(await DocumentsPort.PageAsync(port)));

    #region docs/monitoring.md: Custom listeners
    private sealed class OpenCounter : ICircuitListener
    {
        private readonly ConcurrentDictionary<string, long> _opened = new();

        public MetricFamily Family =>
            MetricFamily.Counter(
                "circuit_breaker_open_total",
                "How often the circuit opened.",
                ["circuit_name"],
                samples =>
                {
                    foreach (var (circuit, count) in _opened)
                    {
                        samples.Add(count, circuit);
                    }
                }
            );

        // From the first moment, so that no increase is missed.
        public void OnAttached(FluxgateBreaker breaker) => _opened.TryAdd(breaker.Name, 0);

        public void OnDetached(FluxgateBreaker breaker) => _opened.TryRemove(breaker.Name, out _);

        public void OnSignal(Signal signal)
        {
            if (signal.NewState == BreakerState.Open)
            {
                _opened.AddOrUpdate(signal.CircuitName, 1, (_, count) => count + 1);
            }
        }
    }
    #endregion
}
