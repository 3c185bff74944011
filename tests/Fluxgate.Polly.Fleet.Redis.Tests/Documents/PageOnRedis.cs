using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Fluxgate;

/// <summary>The code of docs/fleet.md that is about Redis.</summary>
public sealed class PageOnRedis
{
    [Fact]
    public async Task The_code_of_the_page_creates_a_store_on_redis()
    {
        var services = new ServiceCollection();
        services.AddFluxgate().AddBreaker("payments");

        #region docs/fleet.md: Redis
        services.AddFluxgateFleet(fleet =>
        {
            fleet.Name = "shop";
            fleet.Include("payments");
            fleet.UseRedis("redis:6379,user=member,password=member-secret,ssl=true");
        });
        #endregion

        await using var own = services.BuildServiceProvider();
        var options = own.GetRequiredService<FleetOptions>();
        await using var store = Assert.IsType<RedisFleetStore>(options.Store!(own, options));

        #region docs/fleet.md: Connections
        services.AddFluxgateFleet(fleet => fleet.UseRedis(provider => provider.GetRequiredKeyedService<IConnectionMultiplexer>("redis")));
        #endregion

        await using var shared = services.BuildServiceProvider();
        options = shared.GetRequiredService<FleetOptions>();
        await using var other = Assert.IsType<RedisFleetStore>(options.Store!(shared, options));
    }
}
