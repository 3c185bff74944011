using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>The code of docs/grpc.md does what the page says.</summary>
public sealed class PageOnGrpc(ShopServer server) : IClassFixture<ShopServer>
{
    [Fact]
    public async Task One_line_sends_the_calls_of_a_client_through_a_breaker()
    {
        var (services, address) = (new ServiceCollection(), server.Address);

        #region docs/grpc.md: gRPC clients
        services.AddFluxgate().AddBreaker("shop");
        services.AddGrpcClient<Shop.ShopClient>(client => client.Address = address).AddFluxgateBreaker("shop");
        #endregion

        Assert.Equal((1, 1), await Counted(services));
    }

    [Fact]
    public async Task A_channel_can_be_intercepted()
    {
        var (breaker, address) = (new FluxgateBreaker("shop"), server.Address);

        #region docs/grpc.md: Without a container
        using var channel = GrpcChannel.ForAddress(address);
        var client = new Shop.ShopClient(channel.Intercept(new FluxgateInterceptor(breaker)));
        #endregion

        await client.BuyAsync(ShopServer.Order());
        Assert.Equal(1, breaker.Snapshot().Successes);
    }

    [Fact]
    public async Task Options_select_the_failures()
    {
        var (services, address) = (new ServiceCollection(), server.Address);
        services.AddFluxgate().AddBreaker("shop");

        #region docs/grpc.md: Failures
        services
            .AddGrpcClient<Shop.ShopClient>(client => client.Address = address)
            .AddFluxgateBreaker(
                "shop",
                new FluxgateInterceptorOptions
                {
                    ShouldIgnore = call => call.Status.Detail == "too large",
                    FailureStatusCodes = new HashSet<StatusCode> { StatusCode.Unavailable, StatusCode.DeadlineExceeded },
                    BreakDurationHint = GrpcBreak.RetryPushback,
                }
            );
        #endregion

        Assert.Equal((2, 0), await Counted(services));
    }

    [Fact]
    public async Task A_group_has_a_breaker_for_each_method()
    {
        var (services, address) = (new ServiceCollection(), server.Address);

        #region docs/grpc.md: Keys
        services.AddFluxgate().AddBreakerGroup("shop");
        services.AddGrpcClient<Shop.ShopClient>(client => client.Address = address).AddFluxgateBreaker("shop", GrpcKey.Method);
        #endregion

        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<Shop.ShopClient>().BuyAsync(ShopServer.Order());
        Assert.True(provider.GetRequiredService<FluxgateBreakers>().GetGroup("shop").TryGet("/shop.Shop/Buy", out _));
    }

    /// <summary>Makes a call that succeeds and one that fails with Internal, and returns how they counted.</summary>
    private static async Task<(long Successes, long Failures)> Counted(ServiceCollection services)
    {
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<Shop.ShopClient>();
        await client.BuyAsync(ShopServer.Order());
        await Assert.ThrowsAsync<RpcException>(async () => await client.BuyAsync(ShopServer.Order(StatusCode.Internal)));

        var now = provider.GetRequiredService<FluxgateBreakers>()["shop"].Snapshot();
        return (now.Successes, now.Failures);
    }
}
