using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using StackExchange.Redis;

namespace Fluxgate;

/// <summary>The connections of stores: their life, their errors, and what they say about the server.</summary>
public sealed class Connections(RedisServer server) : IClassFixture<RedisServer>
{
    /// <summary>The milliseconds of a timeout of the library. What takes much less did not run into it.</summary>
    private const int LongTimeout = 60_000;

    private static readonly TimeSpan MuchLess = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task An_own_connection_ends_with_its_store()
    {
        var store = server.OpenStore("own", options => options.ClientName = "own-of-test");
        await store.Store.ExchangeAsync(FleetExchange.ReadAll());
        Assert.NotEqual(0, await ClientsAsync("own-of-test"));

        await store.DisposeAsync();

        await Until.TrueAsync(async () => await ClientsAsync("own-of-test") == 0);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.Store.HintAsync().AsTask());
    }

    [Fact]
    public async Task A_shared_connection_stays_and_has_no_subscription_left()
    {
        await using var shared = await ConnectionMultiplexer.ConnectAsync(server.Address);
        var services = new ServiceCollection().AddKeyedSingleton<IConnectionMultiplexer>("redis", shared).BuildServiceProvider();
        var options = new FleetOptions { Name = "shared" }.UseRedis(provider =>
            provider.GetRequiredKeyedService<IConnectionMultiplexer>("redis")
        );
        var store = options.Store!(services, options);
        var hints = 0;
        using var subscription = store.Subscribe(() => Interlocked.Increment(ref hints));
        await Until.TrueAsync(async () =>
        {
            await store.HintAsync();
            return Volatile.Read(ref hints) > 0;
        });

        await ((IAsyncDisposable)store).DisposeAsync();

        Assert.True(shared.IsConnected);
        await Until.TrueAsync(async () => await server.Commands.SubscriptionSubscriberCountAsync(new RedisKeys("shared").Hints) == 0);
    }

    [Fact]
    public async Task An_exchange_is_two_commands()
    {
        await using var store = server.OpenStore("two");
        FleetExchange exchange = new("a", new byte[100], TimeSpan.FromMinutes(1), 0, 0);
        await store.Store.ExchangeAsync(exchange);
        var before = await CallsAsync();
        for (var i = 0; i < 10; i++)
        {
            await store.Store.ExchangeAsync(exchange);
        }

        var after = await CallsAsync();
        Assert.Equal((10, 10), (after.Write - before.Write, after.Read - before.Read));
    }

    [Fact]
    public async Task What_a_member_knows_is_not_sent_to_it()
    {
        await using var store = server.OpenStore("known");
        Assert.True(await store.Store.TryWriteDirectivesAsync(new(0, new(5, new byte[60_000]), new byte[1])));
        var before = await BytesAsync();
        for (var i = 0; i < 100; i++)
        {
            await store.Store.ExchangeAsync(new("a", new byte[1], TimeSpan.FromMinutes(1), 0, 5));
        }

        Assert.InRange(await BytesAsync() - before, 1, 1_000_000);
    }

    [Fact]
    public async Task A_server_that_forgot_its_scripts_gets_them_again()
    {
        await using var store = server.OpenStore("scripts");
        await store.Store.ExchangeAsync(FleetExchange.ReadAll());

        await server.Commands.ScriptFlushAsync();

        await store.Store.ExchangeAsync(new("a", new byte[1], TimeSpan.FromMinutes(1), 0, 0));
        Assert.Single(await store.Store.ReadDigestsAsync());
    }

    [Fact]
    public async Task A_dead_server_fails_at_once_and_names_its_address()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var store = new RedisStoreOfTest(
            $"{redis.Address},password=very-secret",
            "dead",
            // A command that waits for the connection waits for the timeout of synchronous ones.
            options => (options.ConnectTimeout, options.AsyncTimeout, options.SyncTimeout) = (500, LongTimeout, LongTimeout)
        );
        await redis.KillAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => store.Store.HintAsync().AsTask());

        var elapsed = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<RedisConnectionException>(() => store.Store.HintAsync().AsTask());

        Assert.True(elapsed.Elapsed < MuchLess, $"Failed in {elapsed.Elapsed}.");
        Assert.Contains(redis.Address, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_paused_server_holds_no_one_beyond_the_cancellation()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var store = new RedisStoreOfTest(redis.Address, "paused", options => options.AsyncTimeout = LongTimeout);
        await store.Store.HintAsync();
        await redis.PauseAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        var elapsed = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            store.Store.ExchangeAsync(FleetExchange.ReadAll(), deadline.Token).AsTask()
        );
        await store.DisposeAsync();

        Assert.True(elapsed.Elapsed < MuchLess, $"Ended in {elapsed.Elapsed}.");
    }

    [Theory]
    [InlineData("noeviction", "")]
    [InlineData("allkeys-lru", "directives, their audit, digests and leases may be lost")]
    [InlineData("volatile-ttl", ": digests and leases may be lost")]
    public async Task A_policy_that_evicts_is_logged_once(string policy, string warning)
    {
        await using var redis = await RedisProcess.StartAsync("--maxmemory", "100mb", "--maxmemory-policy", policy);
        await using var store = new RedisStoreOfTest(redis.Address, "evicts");

        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Address);
        var log = new FleetEntries();
        var servers = new RedisServers("evicts", new RedisKeys("evicts"), log);

        await store.Store.HintAsync();
        await servers.CheckAsync(connection.GetDatabase());
        await servers.CheckAsync(connection.GetDatabase());

        var logged = store.Log.Of(221).ToArray();
        Assert.Equal(warning.Length == 0 ? 0 : 1, logged.Length);
        Assert.Equal(logged, log.Of(221));
        Assert.All(logged, text => Assert.Contains(warning, text, StringComparison.Ordinal));
        Assert.All(logged, text => Assert.Contains(policy, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("5.0.14", true)]
    [InlineData("6.0.0", false)]
    [InlineData("7.4.1", false)]
    [InlineData("10.0.0", false)]
    public async Task A_server_older_than_6_is_refused(string version, bool isRefused)
    {
        var old = Substitute.For<IDatabase>();
        old.ScriptEvaluateReadOnlyAsync(default(byte[])!)
            .ReturnsForAnyArgs(RedisResult.Create((RedisValue)$"# Server\r\nredis_version:{version}\r\n"));
        var connection = Substitute.For<IConnectionMultiplexer>();
        connection.GetDatabase().ReturnsForAnyArgs(old);
        var services = new ServiceCollection().BuildServiceProvider();
        var options = new FleetOptions { Name = "old" }.UseRedis(connection);
        var store = options.Store!(services, options);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => store.HintAsync().AsTask());

        if (isRefused)
        {
            Assert.Equal("Redis must be 6.0 or newer, but is 5.0.14.", Assert.IsType<NotSupportedException>(error).Message);
        }
        else
        {
            Assert.IsType<RedisConnectionException>(error);
        }
    }

    private async Task<int> ClientsAsync(string name) => (await server.Commands.ClientListAsync()).Count(client => client.Name == name);

    private async Task<(long Write, long Read)> CallsAsync()
    {
        var info = $"{await server.Commands.ExecuteAsync("INFO", "commandstats")}";
        return (Calls(info, "evalsha"), Calls(info, "evalsha_ro"));
    }

    private async Task<long> BytesAsync()
    {
        var info = $"{await server.Commands.ExecuteAsync("INFO", "stats")}";
        var line = info.Split("\r\n").Single(line => line.StartsWith("total_net_output_bytes:", StringComparison.Ordinal));
        return long.Parse(line.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static long Calls(string info, string command) =>
        info.Split("\r\n")
            .Where(line => line.StartsWith($"cmdstat_{command}:calls=", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split(['=', ','])[1], System.Globalization.CultureInfo.InvariantCulture))
            .SingleOrDefault();
}
