using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Fluxgate;

/// <summary>A body that a server sends as the test says: headers at once, then part by part, until it ends or resets the connection.</summary>
internal sealed class SentBody
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Channel<string> _parts = Channel.CreateUnbounded<string>();
    private bool _resets;

    public async Task Answer(HttpContext context)
    {
        await context.Response.Body.FlushAsync();
        try
        {
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            ends.CancelAfter(Deadline);
            await foreach (var part in _parts.Reader.ReadAllAsync(ends.Token))
            {
                await context.Response.WriteAsync(part);
                await context.Response.Body.FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The caller has left, or a failing test must end.
            context.Abort();
        }

        if (_resets)
        {
            context.Abort();
        }
    }

    public void Send(string part) => _parts.Writer.TryWrite(part);

    public void End() => _parts.Writer.TryComplete();

    public void Reset()
    {
        _resets = true;
        End();
    }
}
