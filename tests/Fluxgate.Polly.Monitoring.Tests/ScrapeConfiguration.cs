using System.Text.Json;

namespace Fluxgate;

/// <summary>Runs a real Prometheus with samples/monitoring/prometheus.yml, and the two samples on their default ports.</summary>
public sealed class ScrapeConfiguration
{
    private const int Attempts = 3;

    private static readonly string Folder = Repository.Find("samples/monitoring");

    [NeedsPrometheusFact]
    public async Task Each_sample_is_a_scraped_target()
    {
        await using var folder = new KitFolder();
        await using var prometheus = await KitServer.PrometheusAsync(Folder, folder.Path);
        await using var quickStart = await StartAsync("metrics: http", "QuickStart.dll", "--forever");
        await using var payments = await StartAsync("Now listening on: http", "PaymentsApi.dll");

        await KitWait.UntilAsync(
            async () => (await TargetsAsync(prometheus.Api)).Count == 2,
            () => $"the targets\n{prometheus.Program.OutputText}"
        );

        Assert.Equal(
            [("payments-api", "http://localhost:5080/metrics"), ("quickstart", "http://localhost:9464/metrics")],
            (await TargetsAsync(prometheus.Api)).Select(target => (Job(target), KitDashboard.Text(target, "scrapeUrl"))).Order()
        );
        await IsScrapedAsync(prometheus.Api, quickStart, "quickstart", ["payments"]);
        await IsScrapedAsync(prometheus.Api, payments, "payments-api", ["cards", "fraud"]);
    }

    [NeedsPrometheusFact]
    public async Task Every_rule_is_loaded_and_Alertmanager_is_configured()
    {
        await using var folder = new KitFolder();
        await using var prometheus = await KitServer.PrometheusAsync(Folder, folder.Path);
        JsonElement alertmanagers = default;
        await KitWait.UntilAsync(
            async () =>
                (
                    alertmanagers = (await DataAsync(prometheus.Api, "api/v1/alertmanagers")).GetProperty("activeAlertmanagers")
                ).GetArrayLength() == 1,
            () => $"Alertmanager: {alertmanagers}"
        );
        var rules = (await DataAsync(prometheus.Api, "api/v1/rules"))
            .GetProperty("groups")
            .EnumerateArray()
            .SelectMany(group => group.GetProperty("rules").EnumerateArray());

        Assert.Equal("http://localhost:9093/api/v2/alerts", KitDashboard.Text(alertmanagers[0], "url"));
        Assert.Equal(
            KitRules.Recorded.Concat(KitRules.Alerts).Select(rule => rule.Name).Order(StringComparer.Ordinal),
            rules.Select(rule => KitDashboard.Text(rule, "name")).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void The_command_to_start_each_sample_is_next_to_its_target() =>
        Assert.All(
            ["dotnet run --project samples/QuickStart -- --forever", "dotnet run --project samples/PaymentsApi"],
            command =>
            {
                Assert.Contains(command, KitFolder.Sample("prometheus.yml"), StringComparison.Ordinal);
                Assert.Contains($"\n{command}\n", KitFolder.Sample("README.md"), StringComparison.Ordinal);
            }
        );

    /// <summary>Starts a sample on its default port. If another program uses that port, the sample has exited.</summary>
    private static async Task<KitProgram> StartAsync(string started, string assembly, params string[] arguments)
    {
        for (var attempt = 1; ; attempt++)
        {
            var program = KitProgram.Start(
                "dotnet",
                AppContext.BaseDirectory,
                readOutput: true,
                [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments]
            );
            await KitWait.UntilAsync(
                () => Task.FromResult(program.HasExited || program.OutputText.Contains(started, StringComparison.Ordinal)),
                () => $"{assembly} to start\n{program.OutputText}"
            );
            if (!program.HasExited || attempt == Attempts)
            {
                return program;
            }

            await program.DisposeAsync();
        }
    }

    private static string Job(JsonElement target) => KitDashboard.Text(target.GetProperty("labels"), "job");

    private static async Task IsScrapedAsync(KitApi prometheus, KitProgram sample, string job, IReadOnlyList<string> circuits)
    {
        if (sample.HasExited)
        {
            // Prometheus scrapes the other program there.
            Assert.Contains(" in use", sample.OutputText, StringComparison.Ordinal);
            return;
        }

        IReadOnlyList<string> answer = [];
        await KitWait.UntilAsync(
            async () =>
                circuits.SequenceEqual(
                    answer = [
                        .. (await prometheus.QueryAsync($"circuit_breaker_state_code{{job=\"{job}\"}} and on (instance) up == 1"))
                            .Select(sample => sample.Circuit)
                            .Order(StringComparer.Ordinal),
                    ]
                ),
            () => $"the circuits {string.Join(", ", circuits)} of {job}, but there are: {string.Join(", ", answer)}\n{sample.OutputText}"
        );
        Assert.Equal("", KitDashboard.Text((await TargetsAsync(prometheus)).Single(target => Job(target) == job), "lastError"));
    }

    private static async Task<IReadOnlyList<JsonElement>> TargetsAsync(KitApi prometheus) =>
        [.. (await DataAsync(prometheus, "api/v1/targets")).GetProperty("activeTargets").EnumerateArray()];

    private static async Task<JsonElement> DataAsync(KitApi prometheus, string path) =>
        (await prometheus.GetAsync(path)).GetProperty("data");
}
