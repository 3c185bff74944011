using System.Diagnostics;

namespace Fluxgate;

public sealed class ScrapesUnderLoad
{
    private const int Scrapes = 10_000;

    private const string StateTransitions = "circuit_breaker_state_transition_total";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly string[] Names = ["payments", "orders"];

    private static readonly HashSet<string> Automatic = new(["closed", "open", "half_open"], StringComparer.Ordinal);

    [Fact]
    public async Task M2_every_scrape_shows_one_state_and_counts_never_decrease()
    {
        var metrics = new PrometheusMetrics(StatesAndTransitions());
        await using var drivers = RunTransitions(metrics);

        var counts = new Dictionary<string, double>(StringComparer.Ordinal);
        var states = new HashSet<string>(StringComparer.Ordinal);
        var scraping = Stopwatch.StartNew();

        // On a busy machine this many scrapes may all see the same state: then there are more.
        for (var i = 0; i < Scrapes || (!states.IsSupersetOf(Automatic) && scraping.Elapsed < Deadline); i++)
        {
            var page = Page.Of(metrics);
            foreach (var name in Names)
            {
                states.Add(Assert.Single(page.CurrentStates(name)));
                AssertAgrees(page, name);
            }

            AssertNeverBack(counts, page);
        }

        Assert.Superset(Automatic, states);
    }

    [NeedsPythonClientFact]
    public async Task M2_holds_for_complete_pages_in_both_formats()
    {
        var metrics = new PrometheusMetrics();
        await using var drivers = RunTransitions(metrics);
        var pages = Enumerable
            .Range(0, 200)
            .Select(i => i % 2 == 0 ? PageFormat.Text : PageFormat.OpenMetrics)
            .Select(format => (format, metrics.Written(format)))
            .ToArray();

        foreach (var page in await PythonClient.ReadAsync(pages))
        {
            Assert.Equal(
                Names.Order(StringComparer.Ordinal),
                page.Where(sample => sample is { Name: "circuit_breaker_state", Value: 1 }).Select(sample => sample.Labels["circuit_name"])
            );
            Assert.All(
                page.Where(sample => sample.Name is "circuit_breaker_request_duration_seconds_count"),
                count => Assert.Equal(count.Value, page.Single(sample => IsLastBucketOf(sample, count)).Value)
            );
        }
    }

    [Fact]
    public async Task M2_holds_while_breakers_of_one_name_are_created_and_disposed()
    {
        var metrics = new PrometheusMetrics(StatesAndTransitions());
        var listener = new PrometheusListener(metrics);
        using var kept = new FluxgateBreaker("payments", Restless(listener));
        await using var drivers = new Drivers(i => Reload(listener, i));

        var counts = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < 2000; i++)
        {
            var page = Page.Of(metrics);
            Assert.Single(page.CurrentStates("payments"));
            AssertNeverBack(counts, page);
        }

        Assert.True(counts[Page.TransitionSeries("payments", "closed", "open")] > 0);
    }

    private static bool IsLastBucketOf(PythonSample sample, PythonSample count) =>
        sample.Name is "circuit_breaker_request_duration_seconds_bucket"
        && sample.Labels["le"] is "+Inf"
        && count.Labels.All(label => sample.Labels[label.Key] == label.Value);

    /// <summary>Starts a thread for each breaker that makes transitions until the end and references the breaker.</summary>
    private static Drivers RunTransitions(PrometheusMetrics metrics)
    {
        var listener = new PrometheusListener(metrics);
        return new([.. Names.Select(name => Drive(new(name, Restless(listener))))]);
    }

    /// <summary>The families that these tests read: ten thousand pages of all families would take a minute.</summary>
    private static MetricCatalog StatesAndTransitions()
    {
        var catalog = new MetricCatalog();
        foreach (var family in catalog.Where(family => family.Name is not ("circuit_breaker_state" or StateTransitions)).ToList())
        {
            catalog.Remove(family.Name);
        }

        return catalog;
    }

    /// <summary>Checks that the current state is the one that was entered once more often than it was left.</summary>
    private static void AssertAgrees(Page page, string name)
    {
        var balance = new Dictionary<string, double>(StringComparer.Ordinal) { ["closed"] = 1 };
        foreach (var series in page.Of(name).Where(series => series.Labels.ContainsKey("old_state")))
        {
            balance[series.Labels["old_state"]] = balance.GetValueOrDefault(series.Labels["old_state"]) - series.Value;
            balance[series.Labels["new_state"]] = balance.GetValueOrDefault(series.Labels["new_state"]) + series.Value;
        }

        Assert.Equal(page.CurrentStates(name), balance.Where(state => state.Value == 1).Select(state => state.Key));
        Assert.All(balance.Values, value => Assert.InRange(value, 0, 1));
    }

    private static void AssertNeverBack(Dictionary<string, double> before, Page page)
    {
        foreach (var series in page.All.Where(series => series.Labels.ContainsKey("old_state")))
        {
            var key = Page.TransitionSeries(series.Labels["circuit_name"], series.Labels["old_state"], series.Labels["new_state"]);
            Assert.True(
                series.Value >= before.GetValueOrDefault(key),
                $"{key} went from {before.GetValueOrDefault(key)} to {series.Value}"
            );
            before[key] = series.Value;
        }
    }

    private static FluxgateBreakerSettings Restless(PrometheusListener listener) =>
        new()
        {
            Tripper = Tripper.FailureStreak(1),
            BreakDuration = BreakDuration.None,
            Permit = Permit.All,
            Recovery = Recovery.AfterProbes(1),
            Listeners = { listener },
        };

    /// <summary>Opens, probes, re-opens and closes automatically, and sometimes manually.</summary>
    private static Action<int> Drive(FluxgateBreaker breaker) =>
        i =>
        {
            if (breaker.TryAdmit(out var admission))
            {
                admission.Settle(i % 3 == 0 ? Verdict.Success : Verdict.Failure);
            }

            if (i % 50 == 0)
            {
                breaker.ForceOpen();
                breaker.Reset();
            }
        };

    private static void Reload(PrometheusListener listener, int i)
    {
        var breaker = new FluxgateBreaker("payments", Restless(listener));
        breaker.Trip();
        if (i % 3 != 0)
        {
            breaker.Dispose();
        }

        if (i % 100 == 0)
        {
            GC.Collect();
        }
    }
}
