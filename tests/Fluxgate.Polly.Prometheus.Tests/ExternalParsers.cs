using System.Text;

namespace Fluxgate;

/// <summary>Parses the pages with programs of others.</summary>
public sealed class ExternalParsers
{
    private static readonly PageFormat[] Formats = Enum.GetValues<PageFormat>();

    [NeedsPythonClientFact]
    public async Task Hostile_names_parse_back_in_both_formats()
    {
        foreach (var format in Formats)
        {
            string[] names = [.. HostileNames.All, "lone \uD83D", "\uDE00\uD83D twice", new string('\uD83D', 256)];
            var metrics = new PrometheusMetrics();
            World[] worlds = [.. names.Select(name => new World(new() { Listeners = { new PrometheusListener(metrics) } }, name))];
            Array.ForEach(worlds, world => world.Breaker.Trip());

            var page = Assert.Single(await PythonClient.ReadAsync((format, metrics.Written(format))));
            GC.KeepAlive(worlds);

            Assert.Equal(
                names.Select(Encodable).Order(StringComparer.Ordinal),
                page.Where(sample => sample is { Name: "circuit_breaker_state", Value: 1 } && sample.Labels["state"] is "open")
                    .Select(sample => sample.Labels["circuit_name"])
                    .Order(StringComparer.Ordinal)
            );
        }
    }

    [NeedsPythonClientFact]
    public async Task The_whole_catalog_reads_the_same_in_both_formats()
    {
        var busy = new BusyBreakers(Extended());
        var expected = busy.Page.All.Select(series => (series.Name, Labels(series.Labels), series.Value)).Order().ToList();

        var pages = await PythonClient.ReadAsync([.. Formats.Select(format => (format, busy.Metrics.Written(format)))]);

        Assert.Equal(2, pages.Count);
        Assert.All(
            pages,
            page => Assert.Equal(expected, page.Select(sample => (sample.Name, Labels(sample.Labels), sample.Value)).Order())
        );
        Assert.All(pages, page => Assert.Equal("counter", page.First(sample => sample.Name is "circuit_breaker_requests_total").Type));
    }

    [NeedsPythonClientFact]
    public async Task A_page_without_breakers_is_valid()
    {
        var pages = await PythonClient.ReadAsync([.. Formats.Select(format => (format, new PrometheusMetrics().Written(format)))]);

        Assert.All(pages, Assert.Empty);
    }

    // A parser that accepts everything would prove nothing.
    [NeedsPythonClientFact]
    public async Task The_strict_parser_rejects_invalid_pages()
    {
        var page = Encoding.UTF8.GetString(new BusyBreakers().Metrics.Written(PageFormat.OpenMetrics));
        string[] spoilt =
        [
            page.Replace("# EOF\n", "", StringComparison.Ordinal),
            page.Replace(
                "# TYPE circuit_breaker_requests counter",
                "# TYPE circuit_breaker_requests_total counter",
                StringComparison.Ordinal
            ),
            page.Replace("# TYPE circuit_breaker_state gauge", "# TYPE circuit_breaker_state stateset", StringComparison.Ordinal),
        ];

        foreach (var each in spoilt)
        {
            Assert.NotEqual(page, each);
            await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() =>
                PythonClient.ReadAsync((PageFormat.OpenMetrics, Encoding.UTF8.GetBytes(each)))
            );
        }
    }

    [NeedsPrometheusFact]
    public async Task Promtool_accepts_a_complete_page_without_duplicates()
    {
        var busy = new BusyBreakers(Extended());

        // promtool accepts empty input and duplicate series: our own parser rejects duplicates, and all families have series.
        Assert.Equal(busy.Page.Families.Select(family => family.Name), WithSeries(busy.Page));
        var (exitCode, output, errors) = await CheckAsync(busy.Metrics.Written(PageFormat.Text));

        Assert.Equal((0, "", ""), (exitCode, output, errors));
    }

    [NeedsPrometheusFact]
    public async Task Promtool_rejects_an_invalid_name()
    {
        var (exitCode, _, errors) = await CheckAsync("# HELP orders Orders.\n# TYPE orders counter\norders 1\n"u8.ToArray());

        Assert.NotEqual(0, exitCode);
        Assert.Contains("_total", errors, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output, string Errors)> CheckAsync(byte[] page) =>
        ExternalTool.RunAsync("promtool", ["check", "metrics"], page);

    /// <summary>The catalog with custom families of each kind, constant labels and renamed labels.</summary>
    private static MetricCatalog Extended()
    {
        var durations = new DurationRecorder(new(0.1, 1, 30));
        durations.Record(TimeSpan.FromSeconds(2));
        var catalog = new MetricCatalog
        {
            ConstantLabels = { ["service"] = "a \\ \"shop\"\n" },
            LabelNames = { ["circuit_name"] = "circuit" },
        };
        catalog.Add(
            MetricFamily.Signals("circuit_breaker_open_total", "How often it opened.", signal => signal.NewState == BreakerState.Open)
        );
        catalog.Add(MetricFamily.Gauge("orders_waiting", "Orders \"that\" wait,\nor \\ do not.", () => 0.1 + 0.2));
        catalog.Add(MetricFamily.Gauge("odd_ratio", "NumberFormat at their limits.", ["kind"], AddOddNumbers));
        catalog.Add(MetricFamily.Histogram("payment_duration_seconds", "How long payments took.", durations));
        return catalog;
    }

    private static void AddOddNumbers(MetricSamples samples)
    {
        samples.Add(double.PositiveInfinity, "plus");
        samples.Add(double.NegativeInfinity, "minus");
        samples.Add(-1e-300, "tiny");
        samples.Add(1e300, "huge");
    }

    private static IEnumerable<string> WithSeries(Page page) =>
        page
            .Families.Where(family => page.All.Exists(series => series.Name == family.Name || series.Name == $"{family.Name}_bucket"))
            .Select(family => family.Name);

    private static string Labels(IReadOnlyDictionary<string, string> labels) =>
        string.Join(
            ", ",
            labels
                .Select(label => (label.Key, Value: label.Key is "le" ? Bound(label.Value) : label.Value))
                .OrderBy(label => label.Key, StringComparer.Ordinal)
        );

    /// <summary>OpenMetrics writes 1.0 where text writes 1.</summary>
    private static string Bound(string le) => le.EndsWith(".0", StringComparison.Ordinal) ? le[..^2] : le;

    private static string Encodable(string name) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name));
}
