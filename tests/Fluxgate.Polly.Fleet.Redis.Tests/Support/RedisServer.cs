using StackExchange.Redis;

namespace Fluxgate;

/// <summary>A stand-alone redis-server that the tests of a class share, with a connection of the test itself.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private RedisProcess? _process;

    internal RedisProcess Process => _process!;

    /// <summary>The connection of the test: what an operator would do with redis-cli.</summary>
    public ConnectionMultiplexer Admin { get; private set; } = null!;

    public IDatabase Database => Admin.GetDatabase();

    public string Address => Process.Address;

    public IServer Commands => Admin.GetServers().Single();

    /// <summary>Creates the store of a fleet, with a connection of its own.</summary>
    internal RedisStoreOfTest OpenStore(string fleet, Action<ConfigurationOptions>? configure = null) => new(Address, fleet, configure);

    public async Task InitializeAsync()
    {
        if (RedisProcess.Missing is null)
        {
            _process = await RedisProcess.StartAsync();
            Admin = await ConnectionMultiplexer.ConnectAsync($"{Address},allowAdmin=true");
        }
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            await Admin.DisposeAsync();
            await _process.DisposeAsync();
        }
    }
}
