namespace Fluxgate;

/// <summary>A real Prometheus told a real Alertmanager of an outage, and that a receiver.</summary>
[Collection(SeenByPrometheus.Name)]
public sealed class TheAlertsOfAnOutage(MonitoredOutage outage)
{
    [NeedsPrometheusFact]
    public async Task Every_alert_reaches_Alertmanager_for_the_circuits_that_it_is_about()
    {
        var expected = KitRules.Alerts.ToDictionary(
            alert => alert.Name,
            alert =>
                ExpectedOfTheRules.All[alert.Expression](outage.Now).Select(sample => (alert.Name, sample.Circuit, sample["job"])).ToArray()
        );
        Assert.All(expected, alert => Assert.True(alert.Value.Length > 0, alert.Key));

        var all = Lines(expected.SelectMany(alert => alert.Value));
        await KitWait.UntilAsync(
            () => Task.FromResult(Seen().Contains(all, StringComparer.Ordinal)),
            () => $"these alerts:\n{all}\nSeen:\n{Seen().LastOrDefault()}"
        );
    }

    [NeedsPrometheusFact]
    public async Task A_circuit_that_is_not_closed_calls_somebody()
    {
        await KitWait.UntilAsync(
            () =>
                Task.FromResult(
                    // The one after a minute is heard before, unless this machine stalls: then the other inhibits it.
                    outage.Webhook.Fired.Any(alert =>
                        alert["alertname"] == "FluxgateCircuitNotClosedForLong" && alert["circuit_name"] == "inventory"
                    )
                ),
            () => $"the receiver to hear of it: {string.Join('\n', outage.Webhook.Fired.Select(alert => string.Join(' ', alert.Values)))}"
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
