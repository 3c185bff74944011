using System.Globalization;
using System.Net;
using System.Text;

namespace Fluxgate;

/// <summary>What the stand-alone server answers.</summary>
internal sealed class MetricsPages(PrometheusMetrics metrics, TimeProvider time)
{
    /// <summary>How long a client may take to read its answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Answers one request. Never throws: what a client does to its connection is no concern of the server's.</summary>
    public async Task AnswerAsync(HttpListenerContext context, CancellationToken stopped)
    {
        var (request, response) = (context.Request, context.Response);
        try
        {
            if (request.HttpMethod is not "GET" && !IsHead(request))
            {
                response.AddHeader("Allow", "GET, HEAD");
                await SayAsync(request, response, HttpStatusCode.MethodNotAllowed, "Only GET and HEAD are answered here.\n")
                    .ConfigureAwait(false);
                return;
            }

            await (
                request.Url?.AbsolutePath switch
                {
                    "/metrics" => ShowAsync(request, response, stopped),
                    "/" => SayAsync(request, response, HttpStatusCode.OK, "Circuit breakers for Prometheus: /metrics\n"),
                    _ => SayAsync(request, response, HttpStatusCode.NotFound, "Not found. The metrics are at /metrics\n"),
                }
            ).ConfigureAwait(false);
        }
        catch (Exception)
        {
            response.Abort();
        }
    }

    private async Task ShowAsync(HttpListenerRequest request, HttpListenerResponse response, CancellationToken stopped)
    {
        response.AddHeader("Vary", "Accept, Accept-Encoding");
        using var page = await metrics
            .RenderAsync(request.Headers["Accept"], request.Headers["Accept-Encoding"], stopped)
            .ConfigureAwait(false);
        if (page is null)
        {
            response.AddHeader("Retry-After", PrometheusMetrics.RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture));
            await SayAsync(request, response, HttpStatusCode.ServiceUnavailable, "Busy: something that the page shows does not answer.\n")
                .ConfigureAwait(false);
            return;
        }

        response.ContentType = page.ContentType;
        if (page.ContentEncoding is { } encoding)
        {
            response.AddHeader("Content-Encoding", encoding);
        }

        await SendAsync(request, response, page.Length, page.CopyToAsync).ConfigureAwait(false);
    }

    private Task SayAsync(HttpListenerRequest request, HttpListenerResponse response, HttpStatusCode status, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        response.StatusCode = (int)status;
        response.ContentType = "text/plain; charset=utf-8";
        return SendAsync(request, response, bytes.Length, (output, token) => output.WriteAsync(bytes, token).AsTask());
    }

    /// <summary>A client that stops reading is cut off; the page's memory goes back to its pool only when nothing reads it any more.</summary>
    private async Task SendAsync(
        HttpListenerRequest request,
        HttpListenerResponse response,
        long length,
        Func<Stream, CancellationToken, Task> write
    )
    {
        response.ContentLength64 = length;
        if (!IsHead(request))
        {
            using var patience = time.CreateTimer(_ => response.Abort(), null, Patience, Timeout.InfiniteTimeSpan);
            await write(response.OutputStream, CancellationToken.None).ConfigureAwait(false);
        }

        response.Close();
    }

    private static bool IsHead(HttpListenerRequest request) => request.HttpMethod is "HEAD";
}
