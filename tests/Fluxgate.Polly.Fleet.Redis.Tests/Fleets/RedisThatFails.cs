using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>Fleets whose Redis hangs, dies and returns. The callers count: no call is lost, and none waits.</summary>
public sealed class RedisThatFails
{
    /// <summary>Far less than Redis is gone. What a busy machine holds up any thread is added.</summary>
    private static readonly TimeSpan NoTime = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task No_call_waits_while_Redis_hangs_blocks_or_is_dead()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var fleet = await RedisFleet.StartAsync(10, redis.Address);
        var callers = new Callers(fleet.Members);
        var gone = Stopwatch.StartNew();

        await GoneAsync(fleet, redis.PauseAsync, "did not respond");
        await redis.ContinueAsync();
        await fleet.AllConnectedAsync();
        await GoneAsync(fleet, () => redis.CommandAsync("CLIENT", "PAUSE", "10000", "ALL"), "did not respond");
        await fleet.AllConnectedAsync();
        await GoneAsync(fleet, redis.KillAsync, "");
        // A directive that is known stays in force, and a local one is obeyed at once.
        fleet[0].Breaker.ForceOpen();
        Assert.False(fleet[0].Breaker.TryAdmit(out _));

        await callers.StopAsync();
        Assert.True(gone.Elapsed > 2 * NoTime, $"Gone for {gone.Elapsed}.");
        Assert.True(
            callers.Longest < NoTime + callers.HeldUp,
            $"A call took {callers.Longest}, and the machine stood still for {callers.HeldUp}."
        );
        Assert.Equal(callers.Admitted, fleet.Members.Sum(member => member.Breaker.Snapshot().Successes));
        Assert.Equal(callers.Rejected + 1, fleet.Members.Sum(member => member.Breaker.Snapshot().Rejected));
        Assert.All(fleet.Members, member => Assert.NotEmpty(member.Log.Of(202)));
    }

    [Fact]
    public async Task A_process_starts_without_Redis_and_joins_when_it_is_there()
    {
        await using var redis = await RedisProcess.StartAsync();
        await redis.KillAsync();
        await using var member = new RedisFleetMember(fleet => fleet.UseRedis(redis.Address));
        var subscribed = new RedisStoreOfTest(redis.Address, "shop");
        await Until.TrueAsync(() => member.View.Status.FailuresInARow > 0);
        Assert.True(member.Breaker.TryAdmit(out var admission));
        admission.Settle(Verdict.Success);

        await redis.RestartAsync();

        await Until.TrueAsync(() => member.View.Status.IsConnected);
        var hints = 0;
        using var subscription = subscribed.Store.Subscribe(() => Interlocked.Increment(ref hints));
        await Until.TrueAsync(async () =>
        {
            try
            {
                await subscribed.Store.HintAsync();
            }
            catch (Exception)
            {
                // Not connected yet.
            }

            return Volatile.Read(ref hints) > 0;
        });
        await subscribed.DisposeAsync();
    }

    /// <summary>Lets Redis fail, until an exchange of each member has failed.</summary>
    private static async Task GoneAsync(RedisFleet fleet, Func<Task> fail, string error)
    {
        var before = fleet.Members.Select(member => member.View.Status.Failures).ToArray();
        await fail();
        await Until.TrueAsync(
            () => fleet.Members.Select((member, i) => member.View.Status.Failures > before[i]).All(hasFailed => hasFailed),
            () => string.Join(" | ", fleet.Members.Select(member => member.View.Status.LastError).Distinct())
        );
        Assert.All(fleet.Members, member => Assert.Contains(error, member.View.Status.LastError, StringComparison.Ordinal));
    }
}
