using StackExchange.Redis;

namespace Fluxgate;

/// <summary>A cluster of six nodes on loopback: three masters, each with a replica.</summary>
public sealed class RedisCluster : IAsyncLifetime
{
    private readonly List<RedisProcess> _nodes = [];

    /// <summary>Gets two of the nodes, as a connection string.</summary>
    public string Address => $"{_nodes[0].Address},{_nodes[5].Address}";

    public ConnectionMultiplexer Admin { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (RedisProcess.Missing is not null)
        {
            return;
        }

        _nodes.AddRange(
            await Task.WhenAll(
                Enumerable
                    .Range(0, 6)
                    .Select(_ =>
                        RedisProcess.StartAsync(
                            "--cluster-enabled",
                            "yes",
                            "--cluster-node-timeout",
                            "1000",
                            "--cluster-port",
                            $"{RedisProcess.FreePort()}",
                            "--repl-diskless-sync-delay",
                            "0"
                        )
                    )
            )
        );
        await RedisProcess.CliAsync([
            "--cluster",
            "create",
            .. _nodes.Select(node => node.Address),
            "--cluster-replicas",
            "1",
            "--cluster-yes",
        ]);
        Admin = await ConnectionMultiplexer.ConnectAsync($"{Address},allowAdmin=true");
        await Until.TrueAsync(() => IsWholeAsync());
    }

    public async Task DisposeAsync()
    {
        await (Admin?.DisposeAsync() ?? default);
        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
    }

    /// <summary>Kills the master of the keys of a fleet.</summary>
    public async Task KillMasterOfAsync(string fleet)
    {
        var master = (await Admin.GetDatabase().IdentifyEndpointAsync(new RedisKeys(fleet).Digests))!.ToString();
        await _nodes.Single(node => node.Address == master).KillAsync();
    }

    public async Task FlushAsync()
    {
        foreach (var master in Admin.GetServers().Where(server => server is { IsReplica: false, IsConnected: true }))
        {
            await master.FlushAllDatabasesAsync();
        }
    }

    private async Task<bool> IsWholeAsync()
    {
        var nodes = await Task.WhenAll(_nodes.Select(node => node.CommandAsync("INFO", "replication")));
        await Admin.ConfigureAsync();
        return nodes.Count(info => info.Contains("master_link_status:up", StringComparison.Ordinal)) == 3
            && Admin.GetServers().Count(server => server.IsReplica) == 3;
    }
}
