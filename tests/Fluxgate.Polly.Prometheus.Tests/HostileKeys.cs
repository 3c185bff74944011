using System.Text;

namespace Fluxgate;

/// <summary>Keys come from outside: from hosts, headers and tenants. Each of them must be valid in every format.</summary>
public sealed class HostileKeys
{
    private static readonly string[] Keys =
    [
        "",
        .. HostileNames.All,
        "https://host:8443",
        "tenants/acme",
        "+Inf",
        new string('k', 10_000),
        new string('\n', 10_000),
        new string('支', 10_000),
        string.Concat(Enumerable.Repeat("\U0001F525", 5_000)),
        "lone \uD83D",
        "lone \uDE00",
        new string('\uD83D', 10_000),
    ];

    private readonly PrometheusMetrics _metrics = new();

    [Fact]
    public void Each_key_has_exactly_one_state_and_no_series_twice()
    {
        using var group = Group();

        // The parser rejects duplicates.
        var page = Page.Of(_metrics);

        var open = page.All.Where(series => series is { Name: "circuit_breaker_key_state", Value: 1 }).ToList();
        Assert.All(open, series => Assert.Equal("open", series.Labels["state"]));
        Assert.Equal(
            Labels(page.All.Select(series => (series.Name, series.Labels))),
            open.Select(series => series.Labels["key"]).Order(StringComparer.Ordinal)
        );
        Assert.Equal(Keys.Length, page["circuit_breaker_group_circuits{circuit_name=\"tenants\",state=\"open\"}"]);
    }

    [Fact]
    public void Short_keys_parse_back_to_themselves_and_long_ones_have_256_characters()
    {
        using var group = Group();

        var labels = Labels(Page.Of(_metrics).All.Select(series => (series.Name, series.Labels)));

        Assert.Subset(labels.ToHashSet(), Keys.Where(key => key.Length <= 256 && key == Encodable(key)).ToHashSet());
        Assert.Equal(256, labels.Max(label => label.Length));

        // Two keys differ only in their lone surrogates.
        Assert.Equal(Keys.Length - 1, labels.Length);
        Assert.Contains("lone \uFFFD", labels);
    }

    [NeedsPythonClientFact]
    public async Task Both_formats_are_valid_and_have_the_same_keys()
    {
        using var group = Group();
        var expected = Labels(Page.Of(_metrics).All.Select(series => (series.Name, series.Labels)));
        PageFormat[] formats = [PageFormat.Text, PageFormat.OpenMetrics];

        var pages = await PythonClient.ReadAsync([.. formats.Select(format => (format, _metrics.Written(format)))]);

        Assert.Equal(2, pages.Count);
        Assert.All(pages, page => Assert.Equal(expected, Labels(page.Select(sample => (sample.Name, sample.Labels)))));
        Assert.All(pages, page => Assert.Equal(page.Count, page.DistinctBy(Series).Count()));

        static string Series(PythonSample sample) =>
            string.Join('\t', sample.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Prepend(new("", sample.Name)));
    }

    [NeedsPrometheusFact]
    public async Task Promtool_accepts_the_page()
    {
        using var group = Group();

        var (exitCode, output, errors) = await ExternalTool.RunAsync("promtool", ["check", "metrics"], _metrics.Written(PageFormat.Text));

        Assert.Equal((0, "", ""), (exitCode, output, errors));
    }

    [Fact]
    public void A_key_with_a_lone_surrogate_keeps_its_series()
    {
        using var group = new BreakerGroup(
            "tenants",
            new() { Listeners = { new PrometheusListener(_metrics) } },
            new() { MaxKeySeries = 1 }
        );
        group.GetOrAdd("lone \uD83D").Trip();
        Assert.Equal(["lone \uFFFD"], Shown());
        group.GetOrAdd("acme").Trip();
        group.GetOrAdd("acme").TryAdmit(out _);

        Assert.Equal(["lone \uFFFD"], Shown());
        Assert.Equal(["lone \uFFFD"], Shown());

        string[] Shown() => Labels(Page.Of(_metrics).All.Select(series => (series.Name, series.Labels)));
    }

    [Fact]
    public void A_key_that_is_longer_than_a_label_keeps_its_series()
    {
        using var group = new BreakerGroup(
            "tenants",
            new() { Listeners = { new PrometheusListener(_metrics) } },
            new() { MaxKeySeries = 1 }
        );
        group.GetOrAdd(new string('z', 300)).Trip();
        var before = Shown();
        group.GetOrAdd("acme").Trip();
        group.GetOrAdd("acme").TryAdmit(out _);

        Assert.Equal(before, Shown());
        Assert.Equal(before, Shown());

        string[] Shown() => Labels(Page.Of(_metrics).All.Select(series => (series.Name, series.Labels)));
    }

    private static string[] Labels(IEnumerable<(string Name, IReadOnlyDictionary<string, string> Labels)> series) =>
        [
            .. series
                .Where(one => one.Name == "circuit_breaker_key_failures_total")
                .Select(one => one.Labels["key"])
                .Order(StringComparer.Ordinal),
        ];

    private static string Encodable(string key) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(key));

    private BreakerGroup Group()
    {
        var group = new BreakerGroup("tenants", new() { Listeners = { new PrometheusListener(_metrics) } });
        foreach (var key in Keys)
        {
            group.GetOrAdd(key).Trip();
        }

        return group;
    }
}
