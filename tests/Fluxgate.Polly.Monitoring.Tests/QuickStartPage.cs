namespace Fluxgate;

/// <summary>Runs the sample as a separate process and scrapes it during its outage.</summary>
public sealed class QuickStartPage
{
    [Fact]
    public async Task The_page_has_the_whole_catalog()
    {
        const string Metrics = "metrics: ";

        // The program chooses a free port and runs until a busy machine has seen all families.
        await using var program = KitQuickStart.Start("--port", "0", "--forever");
        await KitWait.UntilAsync(
            () => Task.FromResult(program.HasExited || program.OutputText.Contains($"{Metrics}http", StringComparison.Ordinal)),
            () => $"its address.\n{program.OutputText}"
        );
        Assert.False(program.HasExited, program.OutputText);
        var metrics = new Uri(
            program.OutputText.Split('\n').First(line => line.StartsWith(Metrics, StringComparison.Ordinal))[Metrics.Length..]
        );
        using var client = new HttpClient();

        // The sample has no group.
        var missing = new MetricCatalog()
            .Select(family => family.Name)
            .Except(CountedGroups.OfGroupsAlone.Keys)
            .ToHashSet(StringComparer.Ordinal);

        // Some series are on the page only while open or with calls in the window.
        await KitWait.UntilAsync(
            async () =>
            {
                Assert.False(program.HasExited, $"It exited without showing {string.Join(", ", missing)}.\n{program.OutputText}");
                var page = Page.Parse(await client.GetByteArrayAsync(metrics));
                Assert.Equal(new MetricCatalog().Select(family => family.Name), page.Families.Select(family => family.Name));
                Assert.Single(page.CurrentStates(page.Circuits.Single()));
                missing.RemoveWhere(family => page.All.Exists(series => series.Name.StartsWith(family, StringComparison.Ordinal)));
                return missing.Count == 0;
            },
            () => $"series of {string.Join(", ", missing)}.\n{program.OutputText}"
        );
    }
}
