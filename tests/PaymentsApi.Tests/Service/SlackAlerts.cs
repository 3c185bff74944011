using PaymentsApi;

namespace Fluxgate;

public sealed class SlackAlerts
{
    [Fact]
    public async Task An_open_circuit_is_posted_to_a_configured_Slack_channel()
    {
        var received = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var slack = new Upstream(
            "slack",
            port: 0,
            context =>
            {
                received.TrySetResult($"{context.Request.Path} {context.Request.Headers.Authorization}");
                return """{"ok":true,"ts":"1.0"}""";
            }
        );
        await slack.StartAsync(CancellationToken.None);
        await using var service = new PaymentsApplication(
            settings: [("Slack:Token", "a-token"), ("Slack:Channel", "#alerts"), ("Slack:ApiAddress", slack.Address.ToString())]
        );

        service.Breaker("cards").Trip();

        Assert.Equal("/chat.postMessage Bearer a-token", await received.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        await slack.StopAsync(CancellationToken.None);
    }
}
