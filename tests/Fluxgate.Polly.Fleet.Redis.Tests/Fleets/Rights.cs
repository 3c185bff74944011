using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Fluxgate;

/// <summary>Members that an ACL of Redis allows what <c>docs/fleet.md</c> says, and no more.</summary>
public sealed class Rights(RedisServer server) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private RedisFleet? _operators;

    public async Task InitializeAsync()
    {
        foreach (var line in DocumentedRights())
        {
            await server.Database.ExecuteAsync("ACL", [.. line.Split(' ').Skip(1)]);
        }

        _operators = await RedisFleet.StartAsync(1, $"{server.Address},user=operator,password=operator-secret");
    }

    public Task DisposeAsync() => _operators!.DisposeAsync().AsTask();

    [Fact]
    public async Task A_member_without_the_right_to_write_directives_obeys_them()
    {
        await using var member = Member();
        await _operators!.IssueAsync(RedisFleet.Order(FleetAction.ForceOpen), BreakerState.ForcedOpen, 1);
        await Until.TrueAsync(() => member.Breaker.State == BreakerState.ForcedOpen, () => member.View.Status.LastError ?? "");
        await Until.TrueAsync(() => member.View.Summary?.Members == 2, () => member.View.Status.LastError ?? "");

        var denied = await Assert.ThrowsAsync<UnauthorizedAccessException>(() =>
            member.Control.IssueAsync(RedisFleet.Order(FleetAction.Release))
        );

        Assert.Contains("The ACL of Redis does not allow this", denied.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", denied.ToString(), StringComparison.Ordinal);
        Assert.Equal(BreakerState.ForcedOpen, member.Breaker.State);
        // Hints reach it, and it may read who did what, but not erase it.
        Assert.Empty(member.Log.Of(222));
        Assert.NotEmpty(await Until.ResponseAsync(() => member.Control.ReadAuditAsync()));
        await using var raw = await ConnectionMultiplexer.ConnectAsync($"{server.Address},user=member,password=member-secret");
        foreach (var key in (RedisKey[])[new RedisKeys("shop").Directives, new RedisKeys("shop").Audit])
        {
            var refused = await Assert.ThrowsAsync<RedisServerException>(() => raw.GetDatabase().KeyDeleteAsync(key));
            Assert.StartsWith("NOPERM", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_member_without_write_access_leads_and_keeps_flushed_directives()
    {
        await _operators!.IssueAsync(RedisFleet.Order(FleetAction.ForceOpen), BreakerState.ForcedOpen, 1);
        await using var member = Member();
        await Until.TrueAsync(() => member.Breaker.State == BreakerState.ForcedOpen);
        await _operators.DisposeAsync();
        await server.Database.KeyDeleteAsync(new RedisKeys("shop").Directives);

        await Until.TrueAsync(() => member.Log.Of(210).Any());
        await Until.TrueAsync(() => member.View.Status.IsLeader);

        Assert.Equal(BreakerState.ForcedOpen, member.Breaker.State);
        Assert.True(member.View.Status.IsConnected);
    }

    [Fact]
    public async Task A_member_with_a_wrong_password_says_so_without_the_password()
    {
        await using var redis = await RedisProcess.StartAsync("--requirepass", "the-secret");
        await using var member = new RedisFleetMember(fleet => fleet.UseRedis($"{redis.Address},password=not-the-secret"));

        await Until.TrueAsync(
            () => member.View.Status.LastError?.Contains("NOAUTH", StringComparison.Ordinal) == true,
            () => member.View.Status.LastError ?? ""
        );

        Assert.DoesNotContain("not-the-secret", member.View.Status.LastError, StringComparison.Ordinal);
        Assert.DoesNotContain(member.Log.Of(202), entry => entry.Contains("not-the-secret", StringComparison.Ordinal));
    }

    private RedisFleetMember Member() => new(fleet => fleet.UseRedis($"{server.Address},user=member,password=member-secret"));

    /// <summary>Reads the commands of the page.</summary>
    private static string[] DocumentedRights()
    {
        string[] lines =
        [
            .. File.ReadLines(Repository.Find("docs/fleet.md"))
                .Where(line => line.StartsWith("ACL SETUSER", StringComparison.Ordinal))
                .Select(line => line.Trim()),
        ];
        Assert.Equal(2, lines.Length);
        return lines;
    }
}
