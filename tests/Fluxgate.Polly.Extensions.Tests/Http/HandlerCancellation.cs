using Polly;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>Checks that a request gets the token of the pipeline, which strategies derive from that of the caller.</summary>
public sealed class HandlerCancellation : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly VirtualTime _time = new();
    private readonly HttpWaitingHandler _send = new();
    private readonly CancellationTokenSource _caller = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_callers_token_reaches_the_send(bool synchronously)
    {
        var call = Call(ResiliencePipeline<HttpResponseMessage>.Empty, synchronously);
        await _send.Sending.WaitAsync(Deadline);
        Assert.False(_send.Token.IsCancellationRequested);
        await _caller.CancelAsync();
        Assert.True(_send.Token.IsCancellationRequested);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Deadline));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_token_of_a_timeout_reaches_the_send_and_not_the_caller(bool synchronously)
    {
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = _time }
            .AddTimeout(TimeSpan.FromSeconds(10))
            .Build();
        var call = Call(pipeline, synchronously);
        await _send.Sending.WaitAsync(Deadline);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(_send.Token.IsCancellationRequested);
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => call.WaitAsync(Deadline));
        Assert.False(_caller.IsCancellationRequested);
    }

    public void Dispose()
    {
        _send.Dispose();
        _caller.Dispose();
    }

    private async Task<HttpResponseMessage> Call(ResiliencePipeline<HttpResponseMessage> pipeline, bool synchronously)
    {
        using var invoker = new HttpMessageInvoker(new FluxgateHandler(() => _ => pipeline) { InnerHandler = _send });
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://payments.example");
        return synchronously ? await Task.Run(() => invoker.Send(request, _caller.Token)) : await invoker.SendAsync(request, _caller.Token);
    }
}
