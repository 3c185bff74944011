namespace Fluxgate;

/// <summary>Checks that a real Prometheus sends the alerts of an outage to a real Alertmanager, and that one to a receiver.</summary>
[Collection(OutageCollection.Name)]
public sealed class OutageAlerts(MonitoredOutage outage)
{
    [NeedsPrometheusFact]
    public async Task Every_alert_reaches_Alertmanager_for_its_circuits()
    {
        var expected = KitRules.Alerts.ToDictionary(
            alert => alert.Name,
            alert =>
                RuleExpectations.All[alert.Expression](outage.Now).Select(sample => (alert.Name, sample.Circuit, sample["job"])).ToArray()
        );
        Assert.All(expected, alert => Assert.True(alert.Value.Length > 0, alert.Key));

        var all = Lines(expected.SelectMany(alert => alert.Value));
        await KitWait.UntilAsync(
            () => Task.FromResult(Seen().Contains(all, StringComparer.Ordinal)),
            () => $"these alerts:\n{all}\nSeen:\n{Seen().LastOrDefault()}"
        );
    }

    [NeedsPrometheusFact]
    public async Task A_circuit_that_is_not_closed_alerts_the_receiver()
    {
        await KitWait.UntilAsync(
            () =>
                Task.FromResult(
                    // The one-minute alert is received first, unless this machine stalls: then the other one inhibits it.
                    outage.Webhook.Fired.Any(alert =>
                        alert["alertname"] == "FluxgateCircuitNotClosedForLong" && alert["circuit_name"] == "inventory"
                    )
                ),
            () => $"the receiver to get it: {string.Join('\n', outage.Webhook.Fired.Select(alert => string.Join(' ', alert.Values)))}"
        );
        var alerts = await KitAlerts.OfAsync(outage.Alertmanager);
        var (labels, annotations) = alerts.First(alert =>
            alert.Labels["alertname"] == "FluxgateCircuitNotClosedForLong" && alert.Labels["circuit_name"] == "inventory"
        );

        Assert.Equal("critical", labels["severity"]);
        Assert.Equal($"Circuit inventory on {labels["instance"]} has not been closed for ten minutes", annotations["summary"]);
        Assert.NotEmpty(annotations["runbook"]);
        Assert.All(outage.Webhook.Fired, alert => Assert.Equal("quickstart", alert["job"]));
    }

    private static string Lines(IEnumerable<(string, string, string)> alerts) =>
        string.Join('\n', alerts.Select(alert => $"{alert}").Order(StringComparer.Ordinal));

    private IEnumerable<string> Seen() =>
        outage.Alerts.Select(alerts =>
            Lines(alerts.Select(alert => (alert.Labels["alertname"], alert.Labels["circuit_name"], alert.Labels["job"])))
        );
}
