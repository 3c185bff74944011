using System.Globalization;

namespace Fluxgate;

/// <summary>Fleets on a cluster and behind Sentinels whose master is killed.</summary>
[Collection(nameof(WholeMachine))]
public sealed class KilledMasters
{
    /// <summary>More than the second after which the servers miss a master, the election, and the look of a client.</summary>
    private static readonly TimeSpan FailedOver = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_cluster_whose_master_is_killed_works_again_and_directives_stay()
    {
        var cluster = new RedisCluster { NodeTimeout = 2_000 };
        try
        {
            await cluster.InitializeAsync();
            await FailOverAsync(cluster.Address, () => cluster.KillMasterOfAsync("shop"));
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    [Fact]
    public async Task Sentinels_whose_master_is_killed_name_another_and_directives_stay()
    {
        await using var master = await RedisProcess.StartAsync();
        await using var replica = await RedisProcess.StartAsync(
            "--replicaof",
            "127.0.0.1",
            $"{master.Port}",
            "--repl-diskless-sync-delay",
            "0"
        );
        List<RedisProcess> sentinels = [];
        try
        {
            for (var i = 0; i < 3; i++)
            {
                sentinels.Add(await RedisProcess.StartAsync(folder => Sentinel(folder, master.Port)));
            }

            await Until.TrueAsync(async () => await KnowsAllAsync(sentinels[0]));
            var address = $"{string.Join(',', sentinels.Select(sentinel => sentinel.Address))},serviceName=shop-redis";
            await FailOverAsync(address, master.KillAsync);
        }
        finally
        {
            await Task.WhenAll(sentinels.Select(sentinel => sentinel.DisposeAsync().AsTask()));
        }
    }

    private static async Task FailOverAsync(string address, Func<Task> killMaster)
    {
        await using var fleet = await RedisFleet.StartAsync(5, address);
        await fleet.IssueAsync(RedisFleet.Order(FleetAction.ForceOpen), BreakerState.ForcedOpen, 5);

        var before = fleet.Members.Select(member => member.View.Status.Failures).ToArray();
        await killMaster();
        await Until.TrueAsync(() =>
            fleet.Members.Select((member, i) => member.View.Status.Failures > before[i]).All(hasFailed => hasFailed)
        );
        Exception? last = null;
        var took = await Until.TrueAsync(
            async () =>
            {
                try
                {
                    return (await fleet[0].Control.IssueAsync(RedisFleet.Order(FleetAction.Disable))).IsAccepted;
                }
                catch (Exception error)
                {
                    last = error;
                    // No master yet.
                    return false;
                }
            },
            () => $"{last}"
        );

        Assert.True(took < FailedOver, $"A directive was written after {took}.");
        await Until.TrueAsync(() => fleet.In(BreakerState.Disabled) == 5, () => $"{fleet.In(BreakerState.Disabled)} of 5 obey.");
        Assert.Contains(
            await Until.ResponseAsync(() => fleet[0].Control.ReadAuditAsync()),
            entry => entry.Directive?.Action == FleetAction.ForceOpen
        );
    }

    private static string[] Sentinel(string folder, int master)
    {
        File.WriteAllText(
            Path.Combine(folder, "sentinel.conf"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                sentinel monitor shop-redis 127.0.0.1 {master} 2
                sentinel down-after-milliseconds shop-redis 1000
                sentinel failover-timeout shop-redis 5000

                """
            )
        );
        return ["sentinel.conf", "--sentinel"];
    }

    private static async Task<bool> KnowsAllAsync(RedisProcess sentinel)
    {
        var info = await sentinel.CommandAsync("INFO", "sentinel");
        return info.Contains("slaves=1,sentinels=3", StringComparison.Ordinal);
    }
}
