namespace Fluxgate;

/// <summary>Checks the files of samples/monitoring with the programs that read them.</summary>
public sealed class MonitoringFiles
{
    private static readonly string Folder = Repository.Find("samples/monitoring");

    [NeedsPrometheusFact]
    public async Task Promtool_accepts_the_configuration_and_the_rules()
    {
        await SucceedsAsync("check", "config", "--lint=all", "--lint-fatal", "prometheus.yml");
        await SucceedsAsync("check", "rules", "--lint=all", "--lint-fatal", "recording.rules.yml", "alerts.rules.yml");
    }

    [NeedsPrometheusFact]
    public async Task Every_alert_fires_only_on_its_condition() => await SucceedsAsync("test", "rules", "alerts.test.yml");

    [NeedsPrometheusFact]
    public async Task Recording_rules_record_their_expressions() => await SucceedsAsync("test", "rules", "recording.test.yml");

    [NeedsPrometheusFact]
    public async Task Promtool_rejects_a_rule_whose_test_fails()
    {
        await using var folder = new KitFolder();
        folder.Copy("alerts.rules.yml", ("{state=~\"open|half_open\"}", "{state=\"open\"}"));
        folder.Copy("alerts.test.yml");

        var (exitCode, output) = await KitProgram.RunAsync(KitTools.Promtool!, folder.Path, "test", "rules", "alerts.test.yml");

        Assert.NotEqual(0, exitCode);
        // The test of trap M8: open for fourteen minutes without an alert.
        Assert.Contains("FluxgateCircuitNotClosed", output, StringComparison.Ordinal);
        Assert.Contains("time: 13m45s", output, StringComparison.Ordinal);
    }

    [NeedsPrometheusFact]
    public async Task M8_the_obvious_alert_never_fires_while_a_circuit_probes()
    {
        // Compares the alert that docs/monitoring.md warns of with its replacement, on fourteen minutes in which every fourth scrape is half-open.
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

        var (exitCode, output) = await KitProgram.RunAsync(KitTools.Promtool!, folder.Path, "test", "rules", "two.test.yml");

        Assert.True(exitCode == 0, output);
        Assert.Contains(
            "\n# never for five minutes\ncircuit_breaker_state{state=\"open\"} == 1\n",
            KitDocument.Text,
            StringComparison.Ordinal
        );
    }

    [NeedsPrometheusFact]
    public async Task Alertmanager_accepts_its_configuration()
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
    public void Every_alert_has_a_severity_a_description_and_a_runbook()
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
        var (exitCode, output) = await KitProgram.RunAsync(KitTools.Promtool!, Folder, arguments);

        Assert.True(exitCode == 0, output);
        Assert.Contains("SUCCESS", output, StringComparison.Ordinal);
    }
}
