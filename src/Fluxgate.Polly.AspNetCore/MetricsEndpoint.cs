using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Fluxgate;

/// <summary>Handles requests for the page of metrics.</summary>
internal sealed class MetricsEndpoint(PrometheusMetrics metrics)
{
    private const string Unavailable = "The metrics could not be read in time: a metric callback does not return.\n";

    private static readonly string RetryAfter = PrometheusMetrics.RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await SendPageAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has disconnected.
        }
    }

    private async Task SendPageAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.Append(HeaderNames.Vary, $"{HeaderNames.Accept}, {HeaderNames.AcceptEncoding}");
        using var page = await metrics
            .RenderAsync(request.Headers.Accept.ToString(), request.Headers.AcceptEncoding.ToString(), context.RequestAborted)
            .ConfigureAwait(false);
        if (page is null)
        {
            response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
            response.Headers.RetryAfter = RetryAfter;
            response.ContentType = "text/plain; charset=utf-8";
            await response.WriteAsync(Unavailable, context.RequestAborted).ConfigureAwait(false);
            return;
        }

        response.ContentType = page.ContentType;
        response.ContentLength = page.Length;
        if (page.ContentEncoding is { } encoding)
        {
            response.Headers.ContentEncoding = encoding;
        }

        if (!HttpMethods.IsHead(request.Method))
        {
            await page.CopyToAsync(response.Body, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
