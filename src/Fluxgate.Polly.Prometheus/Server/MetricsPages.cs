using System.Globalization;
using System.Net;

namespace Fluxgate;

/// <summary>What the stand-alone server answers.</summary>
internal sealed class MetricsPages(PrometheusMetrics metrics, ListenHost host)
{
    private static readonly (string, string) Vary = ("Vary", "Accept, Accept-Encoding");

    /// <summary>Sends the response to one request.</summary>
    /// <param name="request">The request; <see langword="null"/> for what was none.</param>
    /// <param name="local">The address that the request came to.</param>
    /// <param name="send">Sends a response.</param>
    /// <param name="stopped">Ends the waiting for a page.</param>
    public Task AnswerAsync(RequestHead? request, IPAddress local, Func<Response, Task> send, CancellationToken stopped) =>
        request switch
        {
            null => send(Response.Of(HttpStatusCode.BadRequest, "This is no HTTP/1.1 request.\n")),
            _ when !host.Serves(request.Host, local) => send(
                Response.Of(
                    HttpStatusCode.MisdirectedRequest,
                    "This server answers requests for its own host only. Create PrometheusServer with that host, or with * for every host.\n"
                )
            ),
            { Method: not ("GET" or "HEAD") } => send(
                Response.Of(HttpStatusCode.MethodNotAllowed, "Only GET and HEAD are answered here.\n", ("Allow", "GET, HEAD"))
            ),
            { Path: "/metrics" } => ShowAsync(request, send, stopped),
            { Path: "/" } => send(Response.Of(HttpStatusCode.OK, "Circuit breakers for Prometheus: /metrics\n")),
            _ => send(Response.Of(HttpStatusCode.NotFound, "Not found. The metrics are at /metrics\n")),
        };

    private async Task ShowAsync(RequestHead request, Func<Response, Task> send, CancellationToken stopped)
    {
        using var page = await metrics
            .RenderAsync(request.Headers.GetValueOrDefault("Accept"), request.Headers.GetValueOrDefault("Accept-Encoding"), stopped)
            .ConfigureAwait(false);
        await send(page is null ? Busy() : Of(page)).ConfigureAwait(false);
    }

    private static Response Busy() =>
        Response.Of(
            HttpStatusCode.ServiceUnavailable,
            "Busy: something that the page shows does not answer.\n",
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
