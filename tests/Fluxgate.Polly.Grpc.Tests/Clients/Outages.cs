using Grpc.Core;

namespace Fluxgate;

/// <summary>An outage of the server and its recovery with default settings.</summary>
public sealed class Outages(ShopServer server) : IClassFixture<ShopServer>
{
    [Fact]
    public async Task A_circuit_opens_in_an_outage_and_closes_after_it()
    {
        var world = new World();
        var client = server.ClientOf(world.Breaker);
        await Buy(client, 50);
        Assert.Equal(BreakerState.Closed, world.State);

        server.State.IsDown = true;
        await Buy(client, 49);
        Assert.Equal(BreakerState.Closed, world.State);
        await Buy(client, 1);
        Assert.Equal(BreakerState.Open, world.State);
        var received = server.State.Received;
        await Buy(client, 20);
        Assert.Equal((received, 20), (server.State.Received, world.Now.Rejected));

        world.Time.Advance(TimeSpan.FromSeconds(61));
        await ProbeUntil(BreakerState.Open, world, client);

        server.State.IsDown = false;
        world.Time.Advance(TimeSpan.FromSeconds(61));
        await ProbeUntil(BreakerState.Closed, world, client);
        Assert.Equal(
            [
                (BreakerState.Closed, BreakerState.Open),
                (BreakerState.Open, BreakerState.HalfOpen),
                (BreakerState.HalfOpen, BreakerState.Open),
                (BreakerState.Open, BreakerState.HalfOpen),
                (BreakerState.HalfOpen, BreakerState.Closed),
            ],
            world.Signals.Select(signal => (signal.OldState, signal.NewState))
        );
    }

    /// <summary>Calls until the circuit leaves half-open, as its permit admits few calls at first.</summary>
    private static async Task ProbeUntil(BreakerState state, World world, Shop.ShopClient client)
    {
        do
        {
            await Buy(client, 1);
            world.Time.Advance(TimeSpan.FromSeconds(0.5));
        } while (world.State == BreakerState.HalfOpen);

        Assert.Equal(state, world.State);
    }

    private static async Task Buy(Shop.ShopClient client, int calls)
    {
        for (var call = 0; call < calls; call++)
        {
            try
            {
                await client.BuyAsync(ShopServer.Order());
            }
            catch (RpcException) { }
        }
    }
}
