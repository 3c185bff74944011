using Grpc.Core;

namespace Fluxgate;

/// <summary>A rejected call fails where callers of gRPC expect it, and does not reach the server.</summary>
public sealed class RejectedCalls : IClassFixture<ShopServer>
{
    private readonly World _world = new();
    private readonly Shop.ShopClient _client;
    private readonly ShopServer _server;

    public RejectedCalls(ShopServer server)
    {
        (_server, _client) = (server, server.ClientOf(_world.Breaker));
        _world.Breaker.Trip("maintenance");
    }

    [Fact]
    public async Task A_unary_call_fails_in_its_response()
    {
        using var call = _client.BuyAsync(ShopServer.Order());

        await Rejects(() => call.ResponseAsync);
        await Rejects(() => call.ResponseHeadersAsync);
        Assert.Equal(StatusCode.Unavailable, call.GetStatus().StatusCode);
        Assert.Empty(call.GetTrailers());
        await Rejects(async () => await call);
        Assert.Equal(new Counts(Rejected: 1), Counts.Of(_world));
    }

    [Fact]
    public async Task A_blocking_call_throws()
    {
        await Rejects(() => Task.FromResult(_client.Buy(ShopServer.Order())));

        Assert.Equal(new Counts(Rejected: 1), Counts.Of(_world));
        Assert.Equal(0, _server.State.Received);
    }

    [Fact]
    public async Task A_stream_of_responses_fails_when_it_is_read()
    {
        using var call = _client.Watch(ShopServer.Order());

        await Rejects(() => call.ResponseStream.MoveNext(default));
        await Rejects(() => call.ResponseHeadersAsync);
        Assert.Equal(StatusCode.Unavailable, call.GetStatus().StatusCode);
        Assert.Null(call.ResponseStream.Current);
    }

    [Fact]
    public async Task A_stream_of_requests_fails_when_it_is_written_and_in_its_response()
    {
        using var call = _client.Upload();

        call.RequestStream.WriteOptions = new();
        await Rejects(() => call.RequestStream.WriteAsync(ShopServer.Order()));
        await Rejects(() => call.RequestStream.WriteAsync(ShopServer.Order(), CancellationToken.None));
        await call.RequestStream.CompleteAsync();
        await Rejects(() => call.ResponseAsync);
    }

    [Fact]
    public async Task A_conversation_fails_when_it_is_written_and_read()
    {
        using var call = _client.Talk();

        await Rejects(() => call.RequestStream.WriteAsync(ShopServer.Order()));
        await Rejects(() => call.ResponseStream.MoveNext(default));
        Assert.Equal(StatusCode.Unavailable, call.GetStatus().StatusCode);
    }

    private async Task Rejects(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        var rejection = Assert.IsType<CallNotPermittedException>(error.InnerException);
        Assert.Same(rejection, error.Status.DebugException);
        Assert.Equal((StatusCode.Unavailable, rejection.Message), (error.StatusCode, error.Status.Detail));
        Assert.Contains("Circuit 'payments' is open and rejects the call: maintenance.", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(_world.Breaker.Name, rejection.CircuitName);
    }
}
