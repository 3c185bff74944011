using System.Collections.Concurrent;

namespace Fluxgate;

/// <summary>A listener that looks at the new state of each signal and counts for itself, on the page that a server serves.</summary>
public sealed class AListenerOfOnesOwn
{
    [Fact]
    public async Task It_counts_openings_by_circuit_and_they_are_scraped()
    {
        var counter = new OpenCounter();
        await using var running = new RunningServer(counter.Family);
        using var stock = Listened("stock", counter, running.Metrics);
        using var orders = Listened("orders", counter, running.Metrics);
        Assert.Equal((0, 0), Opened(await running.ScrapeAsync()));

        stock.Trip();
        stock.Probe();
        stock.Trip();
        orders.ForceOpen();

        var page = await running.ScrapeAsync();
        Assert.Equal((2, 0), Opened(page));
        Assert.Contains(
            "# HELP circuit_breaker_open_total How often the circuit opened.\n# TYPE circuit_breaker_open_total counter\n",
            page.Text,
            StringComparison.Ordinal
        );

        stock.Dispose();
        page = await running.ScrapeAsync();
        Assert.False(page.Has(Series("stock")));
        Assert.True(page.Has(Series("orders")));
    }

    [Fact]
    public async Task The_ready_made_counter_of_that_name_is_refused_beside_it_and_the_page_stays_whole()
    {
        var counter = new OpenCounter();
        await using var running = new RunningServer(counter.Family);
        using var stock = Listened("stock", counter, running.Metrics);
        stock.Trip();

        Assert.Throws<ArgumentException>(() =>
            running.Metrics.Add(
                MetricFamily.Signals("circuit_breaker_open_total", "Opened.", signal => signal.NewState == BreakerState.Open)
            )
        );
        Assert.Equal(1, (await running.ScrapeAsync())[Series("stock")]);
    }

    private static FluxgateBreaker Listened(string name, OpenCounter counter, PrometheusMetrics metrics) =>
        new(name, new() { Listeners = { counter, new PrometheusListener(metrics) } });

    private static (double Stock, double Orders) Opened(Page page) => (page[Series("stock")], page[Series("orders")]);

    private static string Series(string circuit) => $"circuit_breaker_open_total{{circuit_name=\"{circuit}\"}}";

    private sealed class OpenCounter : ICircuitListener
    {
        private readonly ConcurrentDictionary<string, long> _opened = new(StringComparer.Ordinal);

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
}
