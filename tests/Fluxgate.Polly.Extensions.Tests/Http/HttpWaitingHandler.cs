namespace Fluxgate;

/// <summary>Completes a request only by its token, or fails after every deadline of a test is over.</summary>
internal sealed class HttpWaitingHandler : HttpMessageHandler
{
    public SemaphoreSlim Sending { get; } = new(0);

    public CancellationToken Token { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Token = cancellationToken;
        Sending.Release();
        await Task.Delay(TimeSpan.FromSeconds(90), cancellationToken);
        return new();
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Token = cancellationToken;
        Sending.Release();
        cancellationToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(90));
        cancellationToken.ThrowIfCancellationRequested();
        return new();
    }

    protected override void Dispose(bool disposing)
    {
        Sending.Dispose();
        base.Dispose(disposing);
    }
}
