namespace Fluxgate;

/// <summary>Puts the name of the client into its requests. The handlers of <c>ConfigureHttpClientDefaults</c> are the same for all clients, so a pipeline cannot know it otherwise.</summary>
internal sealed class ClientNameHandler(string client) : DelegatingHandler
{
    private static readonly HttpRequestOptionsKey<string> Key = new("Fluxgate.ClientName");

    /// <summary>Returns the name of the client that sends a request; empty for the client without a name.</summary>
    public static string NameOf(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var name) ? name : "";

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Options.Set(Key, client);
        return base.SendAsync(request, cancellationToken);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Options.Set(Key, client);
        return base.Send(request, cancellationToken);
    }
}
