namespace Fluxgate;

/// <summary>The sample as a process of its own, scraped while it lives through its outage.</summary>
public sealed class TheQuickStart
{
    [Fact]
    public async Task Its_page_has_the_whole_catalogue()
    {
        const string Metrics = "metrics: ";

        // On a port that it chooses itself, and for as long as a busy machine takes to see all of it.
        await using var program = KitQuickStart.Start("--port", "0", "--forever");
        await KitWait.UntilAsync(
            () => Task.FromResult(program.HasExited || program.Said.Contains($"{Metrics}http", StringComparison.Ordinal)),
            () => $"its address.\n{program.Said}"
        );
        Assert.False(program.HasExited, program.Said);
        var metrics = new Uri(program.Said.Split('\n').First(line => line.StartsWith(Metrics, StringComparison.Ordinal))[Metrics.Length..]);
        using var client = new HttpClient();
        var missing = new MetricCatalogue().Select(family => family.Name).ToHashSet(StringComparer.Ordinal);

        // What is on the page only while open, or with calls in the window, comes and goes.
        await KitWait.UntilAsync(
            async () =>
            {
                Assert.False(program.HasExited, $"It ended, and never showed {string.Join(", ", missing)}.\n{program.Said}");
                var page = Page.Parse(await client.GetByteArrayAsync(metrics));
                Assert.Equal(new MetricCatalogue().Select(family => family.Name), page.Families.Select(family => family.Name));
                Assert.Single(page.CurrentStates(page.Circuits.Single()));
                missing.RemoveWhere(family => page.All.Exists(series => series.Name.StartsWith(family, StringComparison.Ordinal)));
                return missing.Count == 0;
            },
            () => $"series of {string.Join(", ", missing)}.\n{program.Said}"
        );
    }
}
