using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fluxgate;

/// <summary>One line on a client of the gRPC client factory sends its calls through a breaker.</summary>
public sealed class ClientFactories(ShopServer server) : IClassFixture<ShopServer>
{
    private readonly ServiceCollection _services = new();

    private IHttpClientBuilder Client => _services.AddGrpcClient<Shop.ShopClient>(options => options.Address = server.Address);

    [Fact]
    public async Task The_breaker_of_the_container_counts_the_calls()
    {
        _services.AddFluxgate().AddBreaker("shop");
        Client.AddFluxgateBreaker("Shop");
        await using var provider = _services.BuildServiceProvider();

        var client = provider.GetRequiredService<Shop.ShopClient>();
        await client.BuyAsync(ShopServer.Order());
        await Assert.ThrowsAsync<RpcException>(async () => await client.BuyAsync(ShopServer.Order(StatusCode.Unavailable)));

        var now = provider.GetRequiredService<FluxgateBreakers>()["shop"].Snapshot();
        Assert.Equal((1, 1), (now.Successes, now.Failures));
    }

    [Fact]
    public async Task A_client_has_options_of_its_own()
    {
        _services.AddFluxgate().AddBreaker("shop");
        Client.AddFluxgateBreaker("shop", new() { FailureStatusCodes = { StatusCode.NotFound } });
        await using var provider = _services.BuildServiceProvider();

        var client = provider.GetRequiredService<Shop.ShopClient>();
        await Assert.ThrowsAsync<RpcException>(async () => await client.BuyAsync(ShopServer.Order(StatusCode.NotFound)));

        Assert.Equal(1, provider.GetRequiredService<FluxgateBreakers>()["shop"].Snapshot().Failures);
    }

    [Fact]
    public async Task A_name_that_is_not_defined_stops_the_start_of_the_host()
    {
        var application = Host.CreateEmptyApplicationBuilder(new());
        application.Services.AddFluxgate().AddBreaker("shop");
        application.Services.AddGrpcClient<Shop.ShopClient>(options => options.Address = server.Address).AddFluxgateBreaker("shpo");
        using var host = application.Build();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.StartsWith(
            "The gRPC client 'ShopClient' has no breaker: No breaker is named 'shpo'. Did you mean 'shop'?",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_container_without_breakers_stops_the_start_of_the_host()
    {
        var application = Host.CreateEmptyApplicationBuilder(new());
        application.Services.AddGrpcClient<Shop.ShopClient>(options => options.Address = server.Address).AddFluxgateBreaker("shop");
        using var host = application.Build();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains("services.AddFluxgate(…)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_is_not_of_gRPC_is_reported()
    {
        var error = Assert.Throws<InvalidOperationException>(() => _services.AddHttpClient("shop").AddFluxgateBreaker("shop"));

        Assert.Equal(
            "AddFluxgateBreaker must be called on the builder of a gRPC client, which AddGrpcClient returns, but 'shop' is none.",
            error.Message
        );
    }

    [Fact]
    public async Task Each_method_has_a_breaker_in_a_group()
    {
        await using var group = new BreakerGroup("shop", new() { Tripper = Tripper.FailureStreak(1) });
        Client.AddInterceptor(() => new FluxgateInterceptor(group, GrpcKey.Method));
        await using var provider = _services.BuildServiceProvider();
        var client = provider.GetRequiredService<Shop.ShopClient>();

        await Assert.ThrowsAsync<RpcException>(async () => await client.BuyAsync(ShopServer.Order(StatusCode.Unavailable)));
        using var call = client.Watch(ShopServer.Order());
        Assert.False(await call.ResponseStream.MoveNext(default));

        Assert.Equal(
            [("/shop.Shop/Buy", BreakerState.Open), ("/shop.Shop/Watch", BreakerState.Closed)],
            group.Select(breaker => (breaker.Key, breaker.State)).Order()
        );
    }

    [Fact]
    public async Task A_group_of_the_container_is_found_by_its_name()
    {
        _services.AddFluxgate().AddBreakerGroup("shop");
        Client.AddFluxgateBreaker("shop", GrpcKey.Service);
        await using var provider = _services.BuildServiceProvider();

        await provider.GetRequiredService<Shop.ShopClient>().BuyAsync(ShopServer.Order());

        Assert.True(provider.GetRequiredService<FluxgateBreakers>().GetGroup("shop").TryGet("shop.Shop", out var breaker));
        Assert.Equal(1, breaker.Snapshot().Successes);
    }

    [Fact]
    public async Task A_group_that_is_not_defined_stops_the_start_of_the_host()
    {
        var application = Host.CreateEmptyApplicationBuilder(new());
        application.Services.AddFluxgate().AddBreakerGroup("shop");
        application
            .Services.AddGrpcClient<Shop.ShopClient>(options => options.Address = server.Address)
            .AddFluxgateBreaker("shpo", GrpcKey.Method);
        using var host = application.Build();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains("Did you mean 'shop'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_server_and_service_can_be_a_key()
    {
        var keys = new List<string?>();
        _services.AddFluxgate().AddBreakerGroup("shop");
        Client.AddFluxgateBreaker(
            "shop",
            call =>
            {
                keys.AddRange([GrpcKey.Authority(call), GrpcKey.Service(call)]);
                return GrpcKey.Authority(call);
            }
        );
        await using var provider = _services.BuildServiceProvider();
        var client = provider.GetRequiredService<Shop.ShopClient>();

        await client.BuyAsync(ShopServer.Order());
        await client.WithHost("other").BuyAsync(ShopServer.Order());

        Assert.Equal([server.Address.Authority, "shop.Shop", "other", "shop.Shop"], keys);
        Assert.Equal(2, provider.GetRequiredService<FluxgateBreakers>().GetGroup("shop").Count);
    }

    [Theory]
    [InlineData(false, SharedCallReason.NoKey)]
    [InlineData(true, SharedCallReason.SelectorError)]
    public async Task A_call_without_a_key_uses_the_shared_breaker(bool throws, SharedCallReason reason)
    {
        await using var group = new BreakerGroup("shop");
        var client = server.ClientOf(new FluxgateInterceptor(group, _ => throws ? throw new InvalidOperationException("selector") : null));

        await client.BuyAsync(ShopServer.Order());

        Assert.Equal((1, 1), (group.Shared.Snapshot().Successes, group.Snapshot().SharedCalls(reason)));
        Assert.Equal(throws ? 1 : 0, group.Shared.Snapshot().UserErrors(UserErrorSource.KeySelector));
    }
}
