namespace Fluxgate;

/// <summary>Sends a request for a page with only the given headers.</summary>
internal static class ScrapeRequest
{
    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        string? accept = null,
        string? acceptEncoding = null,
        string method = "GET",
        string path = "/metrics"
    )
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        if (acceptEncoding is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", acceptEncoding);
        }

        return await client.SendAsync(request);
    }
}
