using System.Globalization;
using System.Net;

namespace Fluxgate;

/// <summary>Selects the response of the stand-alone server to a request.</summary>
internal sealed class RequestHandler(PrometheusMetrics metrics, ListenHost host)
{
    private static readonly (string, string) Vary = ("Vary", "Accept, Accept-Encoding");

    /// <summary>Sends the response to a request.</summary>
    /// <param name="request">The request, or <see langword="null"/> if it is invalid.</param>
    /// <param name="local">The address that the request was sent to.</param>
    /// <param name="send">Sends a response.</param>
    /// <param name="stopped">Cancels the wait for a page.</param>
    public Task HandleAsync(RequestHead? request, IPAddress local, Func<Response, Task> send, CancellationToken stopped) =>
        request switch
        {
            null => send(Response.Of(HttpStatusCode.BadRequest, "The request is not a valid HTTP/1.1 request.\n")),
            _ when !host.Serves(request.Host, local) => send(
                Response.Of(
                    HttpStatusCode.MisdirectedRequest,
                    "This server serves requests for its own host only. Create PrometheusServer with that host, or with * for every host.\n"
                )
            ),
            { Method: not ("GET" or "HEAD") } => send(
                Response.Of(HttpStatusCode.MethodNotAllowed, "Only GET and HEAD are allowed.\n", ("Allow", "GET, HEAD"))
            ),
            { Path: "/metrics" } => SendPageAsync(request, send, stopped),
            { Path: "/" } => send(Response.Of(HttpStatusCode.OK, "Circuit breakers for Prometheus: /metrics\n")),
            _ => send(Response.Of(HttpStatusCode.NotFound, "Not found. The metrics are at /metrics\n")),
        };

    private async Task SendPageAsync(RequestHead request, Func<Response, Task> send, CancellationToken stopped)
    {
        using var page = await metrics
            .RenderAsync(request.Headers.GetValueOrDefault("Accept"), request.Headers.GetValueOrDefault("Accept-Encoding"), stopped)
            .ConfigureAwait(false);
        await send(page is null ? Unavailable() : Of(page)).ConfigureAwait(false);
    }

    private static Response Unavailable() =>
        Response.Of(
            HttpStatusCode.ServiceUnavailable,
            "The metrics could not be read in time: a metric callback does not return.\n",
            Vary,
            ("Retry-After", PrometheusMetrics.RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture))
        );

    private static Response Of(PrometheusPage page) =>
        new(
            HttpStatusCode.OK,
            page.ContentType,
            page.Length,
            output => page.CopyToAsync(output, CancellationToken.None),
            page.ContentEncoding is { } encoding ? [Vary, ("Content-Encoding", encoding)] : [Vary]
        );
}
