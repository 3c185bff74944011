using System.Globalization;

namespace Fluxgate;

/// <summary>Compares the table of families in docs/monitoring.md with pages of a breaker that passes through all its automatic states.</summary>
public sealed class FamilyTable
{
    private static IEnumerable<string[]> Circuits => KitDocument.Families.Where(row => !IsOfGroups(row));

    private static IEnumerable<string[]> Groups => KitDocument.Families.Where(IsOfGroups);

    [Fact]
    public void The_table_has_every_family_with_its_labels_in_order()
    {
        var metrics = new PrometheusMetrics();

        Assert.Equal(
            metrics.Families.Select(family =>
                $"{family.Name} {family.Type.ToString().ToLowerInvariant()} {string.Join(", ", family.Labels)}"
            ),
            KitDocument.Families.Select(row => $"{Bare(row[0])} {row[1]} {Bare(row[2])}")
        );
    }

    [Fact]
    public void The_series_counts_of_the_table_equal_those_of_the_page()
    {
        var metrics = new PrometheusMetrics();
        using var breaker = new FluxgateBreaker(
            "counted",
            new()
            {
                Tripper = Tripper.Parse(KitDocument.Text.Split("counted for the rule `")[1].Split('`')[0]),
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromHours(1)),
                Permit = Permit.All,
                Listeners = { new PrometheusListener(metrics) },
            }
        );
        var pages = new List<Page> { Page.Of(metrics) };
        Calls(breaker, Verdict.Success, 3);
        pages.Add(Page.Of(metrics));
        using (breaker.Admit())
        {
            pages.Add(Page.Of(metrics));
        }

        Calls(breaker, Verdict.Failure, 100);
        pages.Add(Page.Of(metrics));
        breaker.Probe();
        Calls(breaker, Verdict.Success, 3);
        pages.Add(Page.Of(metrics));

        AssertCounts(Circuits, pages);
    }

    [Fact]
    public void The_table_has_the_series_counts_of_a_new_group_and_of_one_key()
    {
        var metrics = new PrometheusMetrics();
        using var group = new BreakerGroup("counted", new() { Listeners = { new PrometheusListener(metrics) } });
        var pages = new List<Page> { Page.Of(metrics) };
        group.GetOrAdd("acme").Trip();
        pages.Add(Page.Of(metrics));

        AssertCounts(Groups, pages);
    }

    [Fact]
    public void A_group_has_the_counters_and_four_gauges_of_a_circuit()
    {
        var metrics = new PrometheusMetrics();
        using var group = new BreakerGroup(
            "counted",
            new() { Tripper = Tripper.SlowRate(1, TimeSpan.FromHours(1)), Listeners = { new PrometheusListener(metrics) } }
        );
        using var call = group.GetOrAdd("acme").Admit();
        Calls(group.GetOrAdd("zeta"), Verdict.Failure, 1);
        string[] gauges =
        [
            "circuit_breaker_overdue",
            "circuit_breaker_in_flight",
            "circuit_breaker_half_open_in_flight",
            "circuit_breaker_oldest_in_flight_seconds",
        ];

        var page = Page.Of(metrics);

        Assert.Equal(
            Circuits.Where(row => row[1] != "gauge" || gauges.Contains(Bare(row[0]))).Select(row => Bare(row[0])),
            Circuits.Select(row => Bare(row[0])).Where(family => Of(page, "counted", family) > 0)
        );
        Assert.All(
            gauges,
            gauge => Assert.Contains($"`{gauge}`", KitDocument.Text.Split("## Groups")[1].Split("| family |")[0], StringComparison.Ordinal)
        );
    }

    [Fact]
    public void The_readme_has_the_number_of_families() =>
        Assert.Contains($"are {KitDocument.Families.Count} families", Repository.Read("README.md"), StringComparison.Ordinal);

    [Fact]
    public void The_sums_below_the_table_are_correct() =>
        Assert.Contains(
            $"has {Circuits.Sum(row => Number(row[3]))} series when it is created and {Circuits.Sum(row => Number(row[4]))} at most",
            KitDocument.Text,
            StringComparison.Ordinal
        );

    private static void AssertCounts(IEnumerable<string[]> families, List<Page> pages) =>
        Assert.All(
            families,
            row =>
            {
                var (family, born, most) = (Bare(row[0]), Number(row[3]), Number(row[4]));
                var counts = pages.Select(page => Of(page, "counted", family)).ToArray();
                Assert.Equal((family, born, most), (family, counts[0], counts.Max()));
            }
        );

    private static void Calls(FluxgateBreaker breaker, Verdict verdict, int times)
    {
        for (var i = 0; i < times && breaker.TryAdmit(out var admission); i++)
        {
            breaker.Settle(admission, verdict);
        }
    }

    private static bool IsOfGroups(string[] row) =>
        ((string[])["circuit_breaker_group_", "circuit_breaker_key_"]).Any(start =>
            Bare(row[0]).StartsWith(start, StringComparison.Ordinal)
        );

    private static int Of(Page page, string circuit, string family) =>
        page.Of(circuit).Count(series => series.Name == family || IsPart(series.Name, family));

    private static bool IsPart(string series, string family) =>
        series.StartsWith(family, StringComparison.Ordinal) && (series[family.Length..] is "_bucket" or "_sum" or "_count");

    private static string Bare(string cell) => cell.Replace("`", "", StringComparison.Ordinal);

    private static int Number(string cell) => int.Parse(cell, CultureInfo.InvariantCulture);
}
