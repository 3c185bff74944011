using System.Diagnostics;
using FleetSample;

namespace Fluxgate;

/// <summary>Instances of <c>samples/Fleet</c> that are killed and started again. Their dependency does not exist, so that each call that is admitted fails.</summary>
public sealed class KilledInstances
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly Uri Nowhere = new("http://127.0.0.1:9/");

    [NeedsRedisFact]
    public async Task An_instance_that_starts_again_admits_no_call_before_it_obeys()
    {
        using var redis = new RedisServer();
        await redis.StartAsync(CancellationToken.None);
        using var operated = Start(1, redis);
        using (var killed = Start(2, redis))
        {
            await Task.WhenAll(StartedAsync(operated), StartedAsync(killed));
            await operated.ExecuteAsync("force open", CancellationToken.None);
            await UntilAsync(() => killed.Report!.State == "forced_open");
        }

        using var again = Start(2, redis);
        await StartedAsync(again);
        await UntilAsync(() => again.Report!.Calls.Rejected > 10);

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
        using var one = Start(1, redis);
        using var other = Start(2, redis);
        await Task.WhenAll(StartedAsync(one), StartedAsync(other));
        await UntilAsync(() => (one.Report!.IsLeader || other.Report!.IsLeader) && one.Report!.Members == 2 && other.Report!.Members == 2);

        var (leader, follower) = one.Report!.IsLeader ? (one, other) : (other, one);
        leader.Dispose();

        await UntilAsync(() => follower.Report is { IsLeader: true, Members: 1 });
    }

    private static InstanceProcess Start(int number, RedisServer redis) => new(BuiltSample.PathOf("Fleet"), number, redis.Address, Nowhere);

    private static Task StartedAsync(InstanceProcess instance) => instance.WaitUntilStartedAsync(CancellationToken.None);

    private static async Task UntilAsync(Func<bool> condition)
    {
        var start = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(start.Elapsed < Deadline, $"It did not happen within {Deadline}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }
}
