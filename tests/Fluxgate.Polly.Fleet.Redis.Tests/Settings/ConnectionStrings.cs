using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fluxgate;

/// <summary>The connection strings of Redis. No message contains a value of one.</summary>
public sealed class ConnectionStrings
{
    [Theory]
    [InlineData(null, "is empty")]
    [InlineData(" ", "is empty")]
    [InlineData("ssl=true", "has no server")]
    [InlineData("redis:sesame", "is invalid at part 1 of 1: expected host:port")]
    [InlineData("redis:99999", "is invalid at part 1 of 1: expected host:port")]
    [InlineData("redis,pasword=sesame", "is invalid at part 2 of 2: unknown option. Did you mean password?")]
    [InlineData("redis,password=ses,amesesame=x", "is invalid at part 3 of 3: unknown option. Known options: abortConnect,")]
    [InlineData("redis,connectTimeout=sesame", "is invalid at part 2 of 2: the value of connectTimeout is invalid")]
    [InlineData("rediss://user:sesame@redis:6379", "is invalid at part 1 of 1: an address with :// is not supported")]
    public async Task An_invalid_string_stops_startup_with_a_message_without_values(string? text, string expected)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddFluxgate().AddBreaker("payments");
        builder.Services.AddFluxgateFleet(fleet =>
        {
            fleet.Name = "shop";
            fleet.Include("payments").UseRedis(text);
        });
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.StartsWith($"Fleet: the connection string of Redis {expected}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ames", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("redis:6379,redis2:6379,serviceName=main")]
    [InlineData("[::1]:6379,user=a,password=b=c==,ssl=true,sslHost=redis,defaultDatabase=3")]
    [InlineData("redis,protocol=resp3,name=x,connectRetry=3,keepAlive=60,syncTimeout=500,asyncTimeout=500,configCheckSeconds=5")]
    [InlineData(
        "redis,$CLUSTER=,abortConnect=true,resolveDns=true,proxy=Envoyproxy,sslProtocols=Tls12,version=7.0,tieBreaker=,configChannel="
    )]
    public void Valid_strings_are_taken(string text) => Assert.Null(RedisConfiguration.Read(text, out _));

    [Fact]
    public void Options_without_a_server_are_refused()
    {
        var error = Assert.Throws<OptionsValidationException>(() => new FleetOptions().UseRedis(new ConfigurationOptions()));

        Assert.StartsWith("Fleet: the configuration of Redis has no server", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_options_are_copied_and_a_dead_server_holds_nobody_up()
    {
        var options = ConfigurationOptions.Parse("redis,abortConnect=true");

        var prepared = RedisConfiguration.Prepare(options);

        Assert.True(options.AbortOnConnectFail);
        Assert.False(prepared.AbortOnConnectFail);
        Assert.Same(BacklogPolicy.FailFast, prepared.BacklogPolicy);
        Assert.Equal("fluxgate-fleet", prepared.ClientName);
        Assert.IsType<SpreadReconnects>(prepared.ReconnectRetryPolicy);
        Assert.Equal(("", ""), (prepared.TieBreaker, prepared.ConfigurationChannel));
    }
}
