using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fluxgate;

/// <summary>A store as UseRedis creates it, without a fleet around it.</summary>
internal sealed class RedisStoreOfTest : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public RedisStoreOfTest(string address, string fleet, Action<ConfigurationOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(Log));
        _services = services.BuildServiceProvider();
        var configuration = ConfigurationOptions.Parse(address);
        configure?.Invoke(configuration);
        var options = new FleetOptions { Name = fleet }.UseRedis(configuration);
        Store = options.Store!(_services, options);
    }

    public FleetEntries Log { get; } = new();

    public IFleetStore Store { get; }

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)Store).DisposeAsync();
        await _services.DisposeAsync();
    }
}
