using StackExchange.Redis;

namespace Fluxgate;

/// <summary>A cluster of six nodes on loopback: three masters, each with a replica.</summary>
public sealed class RedisCluster : IAsyncLifetime
{
    private readonly List<RedisProcess> _nodes = [];

    /// <summary>Gets after how many milliseconds the nodes miss one that does not respond. A busy machine must not take as long.</summary>
    public int NodeTimeout { get; init; } = 30_000;

    /// <summary>Gets two of the nodes, as a connection string.</summary>
    public string Address => $"{_nodes[0].Address},{_nodes[5].Address}";

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
                        RedisProcess.StartAsync(() =>
                            [
                                "--cluster-enabled",
                                "yes",
                                "--cluster-node-timeout",
                                $"{NodeTimeout}",
                                "--cluster-port",
                                $"{RedisProcess.FreePort()}",
                                "--repl-diskless-sync-delay",
                                "0",
                            ]
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
        await Until.TrueAsync(async () =>
            (await EachAsync("INFO", "replication")).Count(info => info.Contains("master_link_status:up", StringComparison.Ordinal)) == 3
            && (await EachAsync("CLUSTER", "INFO")).All(info => info.Contains("cluster_state:ok", StringComparison.Ordinal))
        );
    }

    public async Task DisposeAsync() => await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));

    /// <summary>Kills the master of the keys of a fleet.</summary>
    public async Task KillMasterOfAsync(string fleet)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(Address);
        var master = (await connection.GetDatabase().IdentifyEndpointAsync(new RedisKeys(fleet).Digests))!.ToString();
        await _nodes.Single(node => node.Address == master).KillAsync();
    }

    /// <summary>Removes all data. Replicas refuse, and follow their masters.</summary>
    public Task FlushAsync() => EachAsync("FLUSHALL");

    private Task<string[]> EachAsync(params string[] command) => Task.WhenAll(_nodes.Select(node => node.CommandAsync(command)));
}
