using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Fluxgate;

/// <summary>Answers requests for the page of metrics.</summary>
internal sealed class MetricsEndpoint(PrometheusMetrics metrics)
{
    private const string Busy = "Busy: something that the page shows does not answer.\n";

    private static readonly string RetryAfter = PrometheusMetrics.RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    public async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await ShowAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has left: nobody is there to be told.
        }
    }

    private async Task ShowAsync(HttpContext context)
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
            await response.WriteAsync(Busy, context.RequestAborted).ConfigureAwait(false);
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
