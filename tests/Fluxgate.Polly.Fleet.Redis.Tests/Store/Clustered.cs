namespace Fluxgate;

/// <summary>The store on a cluster of six nodes, by the conformance suite.</summary>
public sealed class Clustered(RedisCluster cluster) : FleetStoreConformance, IClassFixture<RedisCluster>, IAsyncLifetime
{
    private readonly List<RedisStoreOfTest> _stores = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }
    }

    protected override async ValueTask<IFleetStore> OpenAsync(string fleet)
    {
        var store = new RedisStoreOfTest(cluster.Address, fleet);
        _stores.Add(store);
        // The connection is open before a time to live begins.
        await Until.ResponseAsync(() => store.Store.ExchangeAsync(FleetExchange.ReadAll()).AsTask());
        return store.Store;
    }

    protected override async ValueTask WaitAsync(TimeSpan time) => await Task.Delay(time);

    protected override async ValueTask FlushAsync() => await cluster.FlushAsync();
}
