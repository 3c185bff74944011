using System.Text;
using System.Text.Json;

namespace Fluxgate;

/// <summary>A custom listener that calls a webhook: asynchronous, so no call waits for it.</summary>
internal sealed class WebhookListener(HttpClient client, Uri webhook) : IAsyncCircuitListener
{
    public async ValueTask OnSignalAsync(Signal signal, CancellationToken cancellationToken)
    {
        var json =
            $$"""{"circuit":{{Text(signal.CircuitName)}},"state":"{{signal.NewState.ToLabel()}}","reason":{{Text(signal.Reason.Text)}}}""";
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(webhook, content, cancellationToken);

        // The breaker counts and reports exceptions, and other listeners are not affected.
        response.EnsureSuccessStatusCode();
    }

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
