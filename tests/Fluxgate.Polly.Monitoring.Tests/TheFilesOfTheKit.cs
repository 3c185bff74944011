namespace Fluxgate;

/// <summary>The files of samples/monitoring, as they stand, read by the programs that they are for.</summary>
public sealed class TheFilesOfTheKit
{
    private static readonly string Folder = Repository.Find("samples/monitoring");

    [NeedsPrometheusFact]
    public async Task Promtool_takes_the_configuration_and_the_rules()
    {
        await SucceedsAsync("check", "config", "--lint=all", "--lint-fatal", "prometheus.yml");
        await SucceedsAsync("check", "rules", "--lint=all", "--lint-fatal", "recording.rules.yml", "alerts.rules.yml");
    }

    [NeedsPrometheusFact]
    public async Task Every_alert_fires_when_it_should_and_is_silent_otherwise() => await SucceedsAsync("test", "rules", "alerts.test.yml");

    [NeedsPrometheusFact]
    public async Task Recording_rules_record_what_they_say() => await SucceedsAsync("test", "rules", "recording.test.yml");

    [NeedsPrometheusFact]
    public async Task Promtool_refuses_a_rule_whose_test_does_not_hold()
    {
        await using var folder = new KitFolder();
        folder.Copy("alerts.rules.yml", ("{state=~\"open|half_open\"}", "{state=\"open\"}"));
        folder.Copy("alerts.test.yml");

        var (exitCode, said) = await KitProgram.RunAsync(KitTools.Promtool!, folder.Path, "test", "rules", "alerts.test.yml");

        Assert.NotEqual(0, exitCode);
        // The test of trap M8: down for fourteen minutes, and nobody was told.
        Assert.Contains("FluxgateCircuitNotClosed", said, StringComparison.Ordinal);
        Assert.Contains("time: 13m45s", said, StringComparison.Ordinal);
    }

    [NeedsPrometheusFact]
    public async Task M8_The_alert_that_one_would_write_first_never_fires_on_a_circuit_that_probes()
    {
        // What docs/monitoring.md warns of, and what it says instead, on fourteen minutes of which every fourth scrape is half-open.
        await using var folder = new KitFolder();
        folder.Write(
            "two.rules.yml",
            """
            groups:
              - name: two
                rules:
                  - alert: First
                    expr: circuit_breaker_state{state="open"} == 1
                    for: 5m
                  - alert: Better
                    expr: sum without (state) (last_over_time(circuit_breaker_state{state=~"open|half_open"}[2m])) > 0
                    for: 5m
            """
        );
        folder.Write(
            "two.test.yml",
            $$"""
            rule_files: [two.rules.yml]
            evaluation_interval: 15s
            tests:
              - interval: 15s
                input_series:
                  - series: 'circuit_breaker_state{state="open"}'
                    values: '{{Repeated("1 1 1 0")}}'
                  - series: 'circuit_breaker_state{state="half_open"}'
                    values: '{{Repeated("0 0 0 1")}}'
                promql_expr_test:
                  - expr: max_over_time(ALERTS{alertname="First", alertstate="firing"}[15m])
                    eval_time: 14m
                    exp_samples: []
                  - expr: count_over_time(ALERTS{alertname="Better", alertstate="firing"}[15m])
                    eval_time: 14m
                    exp_samples:
                      - labels: '{alertname="Better", alertstate="firing"}'
                        value: 37
            """
        );

        var (exitCode, said) = await KitProgram.RunAsync(KitTools.Promtool!, folder.Path, "test", "rules", "two.test.yml");

        Assert.True(exitCode == 0, said);
        Assert.Contains(
            "\n# never for five minutes\ncircuit_breaker_state{state=\"open\"} == 1\n",
            KitDocument.Text,
            StringComparison.Ordinal
        );
    }

    [NeedsPrometheusFact]
    public async Task Alertmanager_takes_its_configuration()
    {
        await using var folder = new KitFolder();
        await using var alertmanager = await KitServer.AlertmanagerAsync(Folder, folder.Path);

        var running = await alertmanager.Api.GetAsync("api/v2/status");

        Assert.Contains(
            "FluxgateCircuitNotClosedForLong",
            KitDashboard.Text(running.GetProperty("config"), "original"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Every_alert_says_how_bad_it_is_what_it_means_and_what_to_do()
    {
        var alerts = KitFolder.Sample("alerts.rules.yml").Split("- alert: ")[1..];

        Assert.True(alerts.Length >= 8);
        Assert.All(
            alerts,
            alert =>
                Assert.All(
                    ["expr: ", "for: ", "severity: ", "summary: ", "description: ", "runbook: "],
                    part => Assert.Contains($"{part}", alert, StringComparison.Ordinal)
                )
        );
        Assert.All(
            alerts,
            alert => Assert.Contains($"alertname: {alert.Split('\n')[0]}\n", KitFolder.Sample("alerts.test.yml"), StringComparison.Ordinal)
        );
    }

    private static string Repeated(string scrapes) => string.Join(' ', Enumerable.Repeat(scrapes, 15));

    private static async Task SucceedsAsync(params string[] arguments)
    {
        var (exitCode, said) = await KitProgram.RunAsync(KitTools.Promtool!, Folder, arguments);

        Assert.True(exitCode == 0, said);
        Assert.Contains("SUCCESS", said, StringComparison.Ordinal);
    }
}
