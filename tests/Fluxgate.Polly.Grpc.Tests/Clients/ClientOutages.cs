using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>An outage and a recovery through clients of the gRPC client factory, with default settings and the clock of the container.</summary>
public sealed class ClientOutages(ShopServer server) : IClassFixture<ShopServer>
{
    private readonly VirtualTime _time = new();
    private readonly ServiceCollection _services = new();

    private IHttpClientBuilder Client =>
        _services.AddSingleton<TimeProvider>(_time).AddGrpcClient<Shop.ShopClient>(options => options.Address = server.Address);

    [Fact]
    public async Task A_circuit_opens_in_an_outage_and_closes_after_it()
    {
        _services.AddFluxgate().AddBreaker("shop");
        Client.AddFluxgateBreaker("shop");
        await using var provider = _services.BuildServiceProvider();
        var client = provider.GetRequiredService<Shop.ShopClient>();
        var breaker = provider.GetRequiredService<FluxgateBreakers>()["shop"];
        server.State.IsDown = true;
        for (var call = 0; call < 100; call++)
        {
            Assert.Equal("down", (await FailAsync(client)).Status.Detail);
        }

        var received = server.State.Received;
        var rejection = Assert.IsType<CallNotPermittedException>((await FailAsync(client)).InnerException);
        Assert.Equal((BreakerState.Open, TimeSpan.FromSeconds(60)), (rejection.State, rejection.RetryAfter));
        Assert.Equal(received, server.State.Received);

        server.State.IsDown = false;
        _time.Advance(TimeSpan.FromSeconds(60));
        await client.BuyAsync(ShopServer.Order());
        Assert.Equal(BreakerState.HalfOpen, breaker.State);
        for (var call = 0; call < 1000 && breaker.State == BreakerState.HalfOpen; call++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            try
            {
                await client.BuyAsync(ShopServer.Order());
            }
            catch (RpcException error) when (error.InnerException is CallNotPermittedException)
            {
                // The ramp of the probes admits some of the calls.
            }
        }

        Assert.Equal(BreakerState.Closed, breaker.State);
    }

    [Fact]
    public async Task The_outage_of_one_method_leaves_the_others_alone()
    {
        _services.AddFluxgate().AddBreakerGroup("shop", group => group.Settings.Tripper = Tripper.FailureStreak(2));
        Client.AddFluxgateBreaker("shop", GrpcKey.Method);
        await using var provider = _services.BuildServiceProvider();
        var client = provider.GetRequiredService<Shop.ShopClient>();
        await FailAsync(client, StatusCode.Internal);
        await FailAsync(client, StatusCode.Internal);

        Assert.IsType<CallNotPermittedException>((await FailAsync(client)).InnerException);

        using var watch = client.Watch(ShopServer.Order(receipts: 1));
        Assert.True(await watch.ResponseStream.MoveNext(default));
        using var upload = client.Upload();
        await upload.RequestStream.WriteAsync(ShopServer.Order());
        await upload.RequestStream.CompleteAsync();
        Assert.Equal(1, (await upload.ResponseAsync).Number);
    }

    private static Task<RpcException> FailAsync(Shop.ShopClient client) =>
        Assert.ThrowsAsync<RpcException>(async () => await client.BuyAsync(ShopServer.Order()));

    private static Task<RpcException> FailAsync(Shop.ShopClient client, StatusCode status) =>
        Assert.ThrowsAsync<RpcException>(async () => await client.BuyAsync(ShopServer.Order(status)));
}
