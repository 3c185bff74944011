using StackExchange.Redis;

namespace Fluxgate;

/// <summary>Bytes in Redis that no member of the fleet wrote.</summary>
public sealed class HostileBytes(RedisServer server) : IClassFixture<RedisServer>
{
    private readonly RedisKeys _keys = new("shop");

    [Fact]
    public async Task Bytes_that_are_not_a_message_are_counted_and_ignored()
    {
        await using var fleet = await RedisFleet.StartAsync(2, server.Address);
        var random = new Random(17);
        var bytes = new byte[2_000];
        random.NextBytes(bytes);
        var huge = new byte[1_000_000];
        HashEntry[] digests =
        [
            new("no header", "garbage"),
            new("", ""),
            new(bytes, bytes),
            new("huge", huge),
            new("header", "1 99999999999999 "),
            new("late", $"{new string('9', 400)} {new string('9', 400)} x"),
        ];

        await server.Database.HashSetAsync(_keys.Digests, digests);
        await Until.TrueAsync(() => fleet.Members.Sum(member => member.View.Status.IgnoredMessages) >= digests.Length);
        var before = fleet.Members.Sum(member => member.View.Status.IgnoredMessages);
        await server.Database.HashSetAsync(_keys.Summary, [new("revision", 12_345), new("content", bytes)]);
        await server.Database.HashSetAsync(_keys.Directives, [new("revision", 12_345), new("content", huge)]);
        await Until.TrueAsync(() =>
            fleet.Members.All(member => member.Log.Of(208).Any(text => text.Contains("directives", StringComparison.Ordinal)))
        );

        await using var store = server.OpenStore("shop");
        Assert.All(
            await store.Store.ReadDigestsAsync(),
            digest => Assert.InRange(digest.Content.Length, 0, FleetLimits.MaxDigestBytes + 1)
        );
        var report = await Until.ResponseAsync(() => fleet[0].View.ReadAsync());
        Assert.Equal((2, digests.Length), (report.Members.Count, report.IgnoredDigests));
        Assert.All(fleet.Members, member => Assert.True(member.View.Status.IsConnected));
        Assert.Equal(2, fleet.In(BreakerState.Closed));
        Assert.True(fleet.Members.Sum(member => member.View.Status.IgnoredMessages) > before);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("1e3")]
    [InlineData("99999999999999999999")]
    [InlineData("9999999999999999")]
    public async Task An_invalid_revision_is_replaced_by_the_next_write(string revision)
    {
        await using var store = server.OpenStore($"revision {revision}");
        var key = new RedisKeys($"revision {revision}").Directives;
        await server.Database.HashSetAsync(key, [new("revision", revision), new("content", "x")]);

        var reading = await store.Store.ExchangeAsync(FleetExchange.ReadAll());

        Assert.Equal(0, Assert.NotNull(reading.Directives).Revision);
        Assert.True(await store.Store.TryWriteDirectivesAsync(new(0, new(1, new byte[1]), new byte[1])));
    }

    [Fact]
    public async Task A_key_of_another_type_is_an_error_that_writes_nothing()
    {
        await using var store = server.OpenStore("types");
        var keys = new RedisKeys("types");
        await server.Database.StringSetAsync(keys.Audit, "text");

        await Assert.ThrowsAsync<RedisServerException>(() =>
            store.Store.TryWriteDirectivesAsync(new(0, new(1, new byte[1]), new byte[1])).AsTask()
        );

        Assert.False(await server.Database.KeyExistsAsync(keys.Directives));
        Assert.Equal("text", await server.Database.StringGetAsync(keys.Audit));
    }
}
