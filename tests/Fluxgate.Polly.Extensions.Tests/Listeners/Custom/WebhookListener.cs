using System.Text;
using System.Text.Json;

namespace Fluxgate;

/// <summary>A listener of one's own that calls a webhook: asynchronous, so no call waits for it.</summary>
internal sealed class WebhookListener(HttpClient client, Uri webhook) : IAsyncCircuitListener
{
    public async ValueTask OnSignalAsync(Signal signal, CancellationToken cancellationToken)
    {
        var json =
            $$"""{"circuit":{{Text(signal.CircuitName)}},"state":"{{signal.NewState.ToLabel()}}","reason":{{Text(signal.Reason.Text)}}}""";
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(webhook, content, cancellationToken);

        // What is thrown is counted and reported by the breaker, and touches nobody else.
        response.EnsureSuccessStatusCode();
    }

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
