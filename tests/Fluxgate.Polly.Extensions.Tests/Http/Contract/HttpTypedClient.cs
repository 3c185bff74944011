using System.Net;

namespace Fluxgate;

/// <summary>A typed client as in applications.</summary>
public sealed class HttpTypedClient(HttpClient client)
{
    public async Task<HttpStatusCode> PayAsync()
    {
        using var response = await client.GetAsync("/");
        return response.StatusCode;
    }
}
