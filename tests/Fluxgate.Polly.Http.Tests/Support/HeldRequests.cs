using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Fluxgate;

/// <summary>Holds requests at a server until they are released, and then returns 200.</summary>
internal sealed class HeldRequests
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<HttpContext> _arrived = Channel.CreateUnbounded<HttpContext>();

    /// <summary>Completes when the next request has arrived.</summary>
    public async Task ArrivedAsync() => await _arrived.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public async Task Answer(HttpContext context)
    {
        _arrived.Writer.TryWrite(context);
        await _released.Task.WaitAsync(context.RequestAborted);
    }

    public void Release() => _released.TrySetResult();
}
