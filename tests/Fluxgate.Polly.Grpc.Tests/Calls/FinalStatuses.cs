using Grpc.Core;

namespace Fluxgate;

/// <summary>The status of gRPC decides, wherever the response has it, and not the status of HTTP, which is 200.</summary>
public sealed class FinalStatuses(ShopServer server) : IClassFixture<ShopServer>
{
    private readonly World _world = new(new() { Tripper = Tripper.FailureStreak(100) });
    private readonly List<HttpResponseMessage> _responses = [];

    [Fact]
    public async Task A_response_of_trailers_only_is_a_failure()
    {
        await Assert.ThrowsAsync<RpcException>(async () => await Client().BuyAsync(ShopServer.Order(StatusCode.Unavailable)));

        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
        Assert.Equal([(200, true, false)], Statuses());
    }

    [Fact]
    public async Task A_status_in_the_trailers_is_a_failure()
    {
        using var call = Client().Watch(ShopServer.Order(StatusCode.Unavailable, receipts: 1));
        Assert.True(await call.ResponseStream.MoveNext(default));

        await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default));

        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
        Assert.Equal([(200, false, true)], Statuses());
    }

    [Theory]
    [InlineData(MethodType.ServerStreaming)]
    [InlineData(MethodType.ClientStreaming)]
    [InlineData(MethodType.DuplexStreaming)]
    public async Task A_deadline_that_passes_in_a_stream_is_a_failure(MethodType type)
    {
        // On a busy machine, a deadline may pass before its call begins, which then is not counted.
        while (_world.Now.Requests < 1)
        {
            var error = await Assert.ThrowsAsync<RpcException>(() =>
                HangAsync(type, TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(100))
            );
            Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        }

        Assert.Equal(new Counts(Failures: 1), Counts.Of(_world));
    }

    private async Task HangAsync(MethodType type, DateTime deadline)
    {
        var client = Client();
        var order = ShopServer.Order(ShopServer.Hang, receipts: 1);
        switch (type)
        {
            case MethodType.ServerStreaming:
                using (var call = client.Watch(order, deadline: deadline))
                {
                    while (await call.ResponseStream.MoveNext(default)) { }
                }

                break;
            case MethodType.ClientStreaming:
                using (var call = client.Upload(deadline: deadline))
                {
                    await call.RequestStream.WriteAsync(order);
                    await call.ResponseAsync;
                }

                break;
            default:
                using (var call = client.Talk(deadline: deadline))
                {
                    await call.RequestStream.WriteAsync(order);
                    while (await call.ResponseStream.MoveNext(default)) { }
                }

                break;
        }
    }

    private Shop.ShopClient Client() =>
        server.ClientOf(_world.Breaker, channel: new() { HttpHandler = new Noted(_responses) { InnerHandler = new SocketsHttpHandler() } });

    private IEnumerable<(int Http, bool InHeaders, bool InTrailers)> Statuses() =>
        _responses.Select(response =>
            ((int)response.StatusCode, response.Headers.Contains("grpc-status"), response.TrailingHeaders.Contains("grpc-status"))
        );

    /// <summary>Notes the responses of HTTP.</summary>
    private sealed class Noted(List<HttpResponseMessage> responses) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            responses.Add(response);
            return response;
        }
    }
}
