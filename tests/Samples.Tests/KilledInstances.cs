using FleetSample;

namespace Fluxgate;

/// <summary>Instances that are killed and started again.</summary>
public sealed class KilledInstances
{
    [NeedsRedisFact]
    public async Task An_instance_that_starts_again_admits_no_call_before_it_obeys()
    {
        using var redis = new RedisServer();
        await redis.StartAsync(CancellationToken.None);
        using var operated = FleetInstance.Start(1, redis);
        using (var killed = FleetInstance.Start(2, redis))
        {
            await Task.WhenAll(StartedAsync(operated), StartedAsync(killed));
            await operated.ExecuteAsync("force open", CancellationToken.None);
            await FleetInstance.UntilAsync(() => killed.Report!.State == "forced_open");
        }

        using var again = FleetInstance.Start(2, redis);
        await StartedAsync(again);
        await FleetInstance.UntilAsync(() => again.Report!.Calls.Rejected > 10);

        var report = again.Report!;
        Assert.Equal("forced_open", report.State);
        Assert.Equal((0, 0), (report.Calls.Succeeded, report.Calls.Failed));
        Assert.Contains("maintenance of the bank", report.Reason, StringComparison.Ordinal);
    }

    [NeedsRedisFact]
    public async Task Another_instance_leads_when_the_one_that_leads_is_killed()
    {
        using var redis = new RedisServer();
        await redis.StartAsync(CancellationToken.None);
        using var one = FleetInstance.Start(1, redis);
        using var other = FleetInstance.Start(2, redis);
        await Task.WhenAll(StartedAsync(one), StartedAsync(other));
        await FleetInstance.UntilAsync(() =>
            (one.Report!.IsLeader || other.Report!.IsLeader) && one.Report!.Members == 2 && other.Report!.Members == 2
        );

        var (leader, follower) = one.Report!.IsLeader ? (one, other) : (other, one);
        leader.Dispose();

        await FleetInstance.UntilAsync(() => follower.Report is { IsLeader: true, Members: 1 });
    }

    private static Task StartedAsync(InstanceProcess instance) => instance.WaitUntilStartedAsync(CancellationToken.None);
}
