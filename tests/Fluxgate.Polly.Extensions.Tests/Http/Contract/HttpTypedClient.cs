using System.Net;

namespace Fluxgate;

/// <summary>A client as applications write them.</summary>
public sealed class HttpTypedClient(HttpClient client)
{
    public async Task<HttpStatusCode> PayAsync()
    {
        using var response = await client.GetAsync("/");
        return response.StatusCode;
    }
}
