using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fluxgate;

/// <summary>Sends the frames of the feed to a viewer as server-sent events.</summary>
/// <param name="feed">The feed.</param>
/// <param name="source">The circuits.</param>
/// <param name="time">The clock of the deadlines.</param>
/// <param name="stopping">Is canceled when the application begins to stop, which would otherwise wait for its viewers.</param>
internal sealed class EventStream(DashboardFeed feed, CircuitSource source, TimeProvider time, CancellationToken stopping)
{
    /// <summary>How long a stream lasts. The browser then connects again, which checks the rights of its user again.</summary>
    public static readonly TimeSpan LongestStream = TimeSpan.FromMinutes(10);

    /// <summary>How long one frame may take to be sent. A viewer that is slower is disconnected.</summary>
    public static readonly TimeSpan LongestSend = TimeSpan.FromSeconds(30);

    private static readonly byte[] Start = "retry: 1000\n\n"u8.ToArray();

    public async Task HandleAsync(HttpContext context)
    {
        CircuitAddress? watched = null;
        if (context.Request.Query.Count > 0 && (watched = CircuitAddress.Of(context.Request.Query)) is null)
        {
            await ApiResponse
                .WriteProblemAsync(context, HttpStatusCode.BadRequest, "No circuit is named", $"The query must be {CircuitAddress.Form}.")
                .ConfigureAwait(false);
            return;
        }

        if (!feed.TryJoin())
        {
            await ApiResponse
                .WriteProblemAsync(
                    context,
                    HttpStatusCode.ServiceUnavailable,
                    "Too many viewers",
                    "The dashboard has as many viewers as MaxViewers allows."
                )
                .ConfigureAwait(false);
            return;
        }

        try
        {
            using var end = new CancellationTokenSource(LongestStream, time);
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping, end.Token);
            await SendAsync(context, watched, ends.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The viewer has left or is too slow, the application stops, or the viewer shall connect again.
        }
        finally
        {
            feed.Leave();
        }
    }

    private async Task SendAsync(HttpContext context, CircuitAddress? watched, CancellationToken cancellation)
    {
        context.Response.ContentType = "text/event-stream";
        // Asks nginx, and proxies that follow it, not to buffer.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await SendAsync(context, Start, cancellation).ConfigureAwait(false);
        var seen = 0L;
        while (true)
        {
            var frame = await feed.NextAsync(seen, cancellation).ConfigureAwait(false);
            await SendAsync(context, seen > 0 && frame.Number == seen + 1 ? frame.Changes : frame.Full, cancellation).ConfigureAwait(false);
            seen = frame.Number;
            if (watched is not null)
            {
                await SendAsync(context, frame.DetailOf(watched, ReadDetail), cancellation).ConfigureAwait(false);
            }
        }
    }

    private byte[] ReadDetail(CircuitAddress address) =>
        DetailReader.Read(source, address, feed.TransitionsOf(address)) is { } detail
            ? FeedFrame.Event("detail", JsonSerializer.SerializeToUtf8Bytes(detail, DashboardJson.Plain.CircuitDetail))
            : FeedFrame.Event("missing", "{}"u8);

    /// <summary>Sends bytes, or disconnects the viewer: it never receives half an event and then another one.</summary>
    private async Task SendAsync(HttpContext context, byte[] bytes, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(LongestSend, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            await context.Response.Body.WriteAsync(bytes, ends.Token).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(ends.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            context.Abort();
            throw;
        }
    }
}
