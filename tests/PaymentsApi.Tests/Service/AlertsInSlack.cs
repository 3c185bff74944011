using PaymentsApi;

namespace Fluxgate;

public sealed class AlertsInSlack
{
    [Fact]
    public async Task Where_slack_is_configured_it_hears_of_an_open_circuit()
    {
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var slack = new Upstream(
            "slack",
            port: 0,
            context =>
            {
                heard.TrySetResult($"{context.Request.Path} {context.Request.Headers.Authorization}");
                return """{"ok":true,"ts":"1.0"}""";
            }
        );
        await slack.StartAsync(CancellationToken.None);
        await using var service = new PaymentsApplication(
            settings: [("Slack:Token", "a-token"), ("Slack:Channel", "#alerts"), ("Slack:ApiAddress", slack.Address.ToString())]
        );

        service.Breaker("cards").Trip();

        Assert.Equal("/chat.postMessage Bearer a-token", await heard.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        await slack.StopAsync(CancellationToken.None);
    }
}
