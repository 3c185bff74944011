namespace Fluxgate;

/// <summary>A handler that throws exceptions that contain the request.</summary>
internal sealed class QuotingHandler : HttpMessageHandler
{
    public const int Kinds = 4;

    private int _calls;

    // The first two kinds are retried.
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw (_calls++) switch
        {
            0 or 1 => new HttpRequestException($"POST {request.RequestUri}"),
            2 or 3 => new IOException($"POST {request.RequestUri}"),
            4 => new InvalidOperationException($"POST {request.RequestUri}"),
            _ => new UriFormatException($"POST {request.RequestUri}"),
        };
}
