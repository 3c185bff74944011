using System.Globalization;

namespace Fluxgate;

/// <summary>Compares the table of families in docs/monitoring.md with pages of a breaker that passes through all its automatic states.</summary>
public sealed class FamilyTable
{
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

        Assert.All(
            KitDocument.Families,
            row =>
            {
                var (family, born, most) = (Bare(row[0]), Number(row[3]), Number(row[4]));
                var counts = pages.Select(page => Of(page, "counted", family)).ToArray();
                Assert.Equal((family, born, most), (family, counts[0], counts.Max()));
            }
        );
    }

    [Fact]
    public void The_readme_has_the_number_of_families() =>
        Assert.Contains($"are {KitDocument.Families.Count} families", Repository.Read("README.md"), StringComparison.Ordinal);

    [Fact]
    public void The_sums_below_the_table_are_correct() =>
        Assert.Contains(
            $"has {KitDocument.Families.Sum(row => Number(row[3]))} series when it is created and {KitDocument.Families.Sum(row => Number(row[4]))} at most",
            KitDocument.Text,
            StringComparison.Ordinal
        );

    private static void Calls(FluxgateBreaker breaker, Verdict verdict, int times)
    {
        for (var i = 0; i < times && breaker.TryAdmit(out var admission); i++)
        {
            breaker.Settle(admission, verdict);
        }
    }

    private static int Of(Page page, string circuit, string family) =>
        page.Of(circuit).Count(series => series.Name == family || IsPart(series.Name, family));

    private static bool IsPart(string series, string family) =>
        series.StartsWith(family, StringComparison.Ordinal) && (series[family.Length..] is "_bucket" or "_sum" or "_count");

    private static string Bare(string cell) => cell.Replace("`", "", StringComparison.Ordinal);

    private static int Number(string cell) => int.Parse(cell, CultureInfo.InvariantCulture);
}
