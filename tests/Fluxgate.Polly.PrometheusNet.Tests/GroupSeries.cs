using Prometheus;

namespace Fluxgate;

/// <summary>The series of a group in a registry of prometheus-net, while its keys come and go.</summary>
public sealed class GroupSeries : IDisposable
{
    private const string StateOfKey = "circuit_breaker_key_state";

    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _released = new();
    private readonly VirtualTime _time = new();
    private readonly PrometheusMetrics _own = new();
    private readonly BreakerGroup _group;

    public GroupSeries()
    {
        // The first family, so that a collection that is held has read everything and set nothing.
        var catalog = new MetricCatalog();
        catalog.Clear();
        catalog.Add(MetricFamily.Gauge("held", "Holds the reading that it is called in once.", Hold));
        foreach (var family in new MetricCatalog())
        {
            catalog.Add(family);
        }

        _group = new(
            "tenants",
            new()
            {
                Tripper = Tripper.FailureStreak(2),
                Listeners = { new PrometheusNetListener(PrometheusNetMetrics.In(_registry, catalog)), new PrometheusListener(_own) },
            },
            new()
            {
                MaxBreakers = 12,
                MaxKeySeries = 5,
                IdleTimeout = TimeSpan.FromMinutes(10),
            },
            _time
        );
    }

    [Fact]
    public async Task Keys_that_come_and_go_are_shown_as_on_the_page_of_Fluxgate()
    {
        _released.Set();
        var random = new Random(20261128);
        var shown = new HashSet<string>(StringComparer.Ordinal);
        for (var step = 0; step < 300; step++)
        {
            Act(random);
            var (expected, page) = (Page.Of(_own), await CollectAsync());

            Assert.Equal(Described(expected), Described(page));
            AssertOneState(page);
            shown.UnionWith(KeysOf(page));
        }

        Assert.True(shown.Count > 10 && _group.Snapshot().Evicted > 10, $"{shown.Count} keys, {_group.Snapshot()}");
    }

    [Fact]
    public async Task The_series_of_an_evicted_key_are_removed()
    {
        _released.Set();
        Fail("acme", 1);
        Assert.Equal(["acme"], KeysOf(await CollectAsync()));

        _time.Advance(TimeSpan.FromMinutes(13));
        var page = await CollectAsync();

        Assert.DoesNotContain(page.All, series => series.Labels.ContainsKey("key"));
        Assert.Equal(1, page["circuit_breaker_failures_total{circuit_name=\"tenants\"}"]);
        Assert.Equal(1, page["circuit_breaker_group_evicted_total{circuit_name=\"tenants\"}"]);
    }

    [Fact]
    public async Task An_older_collection_does_not_restore_the_series_of_a_key()
    {
        Fail("acme", 2);
        var older = await BeginOlderAsync();
        _group.GetOrAdd("acme").Reset();
        _time.Advance(TimeSpan.FromMinutes(13));
        Fail("zeta", 1);
        Assert.Equal(["zeta"], KeysOf(await CollectAsync()));

        _released.Set();

        Assert.All([await older, await CollectAsync()], page => Assert.Equal(["zeta"], KeysOf(page)));
    }

    [Fact]
    public async Task An_older_collection_does_not_restore_the_state_of_a_key()
    {
        _group.GetOrAdd("acme");
        var older = await BeginOlderAsync();
        Fail("acme", 2);
        Assert.Equal(["open"], StatesOf(await CollectAsync()));

        _released.Set();

        Assert.All([await older, await CollectAsync()], page => Assert.Equal(["open"], StatesOf(page)));

        static IEnumerable<string> StatesOf(Page page) =>
            page.All.Where(series => series is { Name: StateOfKey, Value: 1 }).Select(series => series.Labels["state"]);
    }

    [Fact]
    public async Task Overlapping_collections_show_one_state_and_no_duplicate_series()
    {
        _released.Set();
        using var end = new CancellationTokenSource();
        var changing = Task.Run(() =>
        {
            var random = new Random(20261128);
            while (!end.IsCancellationRequested)
            {
                Act(random);
            }
        });

        // The parser rejects series that are there twice.
        var pages = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(CollectOftenAsync)));
        await end.CancelAsync();
        await changing;

        Assert.All(
            pages.SelectMany(page => page),
            page =>
                Assert.All(
                    page.All.Where(series => series is { Name: StateOfKey, Value: 1 }).GroupBy(series => series.Labels["key"]),
                    key => Assert.Single(key)
                )
        );
        AssertOneState(await CollectAsync());

        async Task<List<Page>> CollectOftenAsync()
        {
            var all = new List<Page>();
            while (all.Count < 50)
            {
                all.Add(await CollectAsync());
            }

            return all;
        }
    }

    // A collection that overlaps would miss it otherwise.
    [Fact]
    public async Task A_key_keeps_its_series_while_the_state_of_another_changes()
    {
        _released.Set();
        _group.GetOrAdd("acme");
        _group.GetOrAdd("zeta");
        await CollectAsync();
        var gauge = Metrics
            .WithCustomRegistry(_registry)
            .CreateGauge(
                StateOfKey,
                "Whether the circuit of the key is in the state (1) or not (0). For at most MaxKeySeries keys of a group.",
                "circuit_name",
                "key",
                "state"
            );
        var (acme, zeta) = (gauge.WithLabels("tenants", "acme", "closed"), gauge.WithLabels("tenants", "zeta", "closed"));
        Assert.Equal((1, 1), (acme.Value, zeta.Value));

        Fail("zeta", 2);
        await CollectAsync();

        Assert.Same(acme, gauge.WithLabels("tenants", "acme", "closed"));
        Assert.NotSame(zeta, gauge.WithLabels("tenants", "zeta", "closed"));
    }

    public void Dispose()
    {
        _group.Dispose();
        _released.Dispose();
    }

    private static List<string> Described(Page page) =>
        [
            .. page
                .All.Where(series => series.Name != "held")
                .Select(series => $"{series.Name}{{{string.Join(',', series.Labels)}}} {series.Value}")
                .Order(StringComparer.Ordinal),
        ];

    private static string[] KeysOf(Page page) =>
        [
            .. page
                .All.Where(series => series.Labels.ContainsKey("key"))
                .Select(series => series.Labels["key"])
                .Distinct(StringComparer.Ordinal),
        ];

    private static void AssertOneState(Page page) =>
        Assert.All(
            page.All.Where(series => series.Name == StateOfKey).GroupBy(series => series.Labels["key"], StringComparer.Ordinal),
            key => Assert.Equal((6, 1), (key.Count(), key.Sum(series => series.Value)))
        );

    /// <summary>Calls a key, changes its circuit, or lets time pass, in which circuits become idle.</summary>
    private void Act(Random random)
    {
        var key = $"tenant {random.Next(20)}";
        switch (random.Next(8))
        {
            case 0:
                _group.GetOrAdd(key).Reset();
                break;
            case 1:
                _group.GetOrAdd(key).Probe();
                break;
            case 2:
                _time.Advance(TimeSpan.FromMinutes(random.Next(8)));
                break;
            default:
                Fail(key, random.Next(1, 4));
                break;
        }
    }

    private void Fail(string key, int times)
    {
        for (var i = 0; i < times; i++)
        {
            if (_group.GetOrAdd(key).TryAdmit(out var call))
            {
                call.Settle(Verdict.Failure);
            }
        }
    }

    private async Task<Task<Page>> BeginOlderAsync()
    {
        var older = Task.Run(CollectAsync);
        await _reading.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return older;
    }

    private double Hold()
    {
        if (_reading.TrySetResult())
        {
            _released.Wait();
        }

        return 1;
    }

    private async Task<Page> CollectAsync()
    {
        using var output = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(output);
        return Page.Parse(output.ToArray());
    }
}
