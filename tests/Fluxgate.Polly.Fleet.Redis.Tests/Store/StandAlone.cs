namespace Fluxgate;

/// <summary>The store on one redis-server, by the conformance suite.</summary>
public sealed class StandAlone(RedisServer server) : FleetStoreConformance, IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly List<RedisStoreOfTest> _stores = [];

    public Task InitializeAsync() => server.Commands.FlushAllDatabasesAsync();

    public async Task DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }
    }

    protected override async ValueTask<IFleetStore> OpenAsync(string fleet)
    {
        var store = server.OpenStore(fleet);
        _stores.Add(store);
        // The connection is open before a time to live begins.
        await Until.ResponseAsync(() => store.Store.ExchangeAsync(FleetExchange.ReadAll()).AsTask());
        return store.Store;
    }

    protected override async ValueTask WaitAsync(TimeSpan time) => await Task.Delay(time);

    protected override async ValueTask FlushAsync() => await server.Commands.FlushAllDatabasesAsync();
}
