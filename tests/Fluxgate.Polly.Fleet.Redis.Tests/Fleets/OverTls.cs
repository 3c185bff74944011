using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Fluxgate;

/// <summary>Members whose connections to a real Redis are encrypted.</summary>
public sealed class OverTls : IDisposable
{
    private readonly Certificates _certificates = new();
    private int _port;

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Members_that_trust_the_certificate_see_and_steer_the_fleet()
    {
        await using var redis = await StartAsync(clientsNeedCertificates: false);
        var options = Trusting("redis.example.com");

        await using var fleet = await RedisFleet.StartAsync(2, members => members.UseRedis(options));
        await fleet.IssueAsync(RedisFleet.Order(FleetAction.ForceOpen), BreakerState.ForcedOpen, 2);

        Assert.Equal(2, fleet.In(BreakerState.ForcedOpen));
    }

    [Fact]
    public async Task Members_present_the_certificate_that_the_server_demands()
    {
        await using var redis = await StartAsync(clientsNeedCertificates: true);
        var options = Trusting("redis.example.com");
        await using var refused = new RedisFleetMember(member => member.UseRedis(options));
        await Until.TrueAsync(() => refused.View.Status.Failures > 0);

        options.SetUserPemCertificate(_certificates.PathOf("client.crt"), _certificates.PathOf("client.key"));
        await using var fleet = await RedisFleet.StartAsync(1, members => members.UseRedis(options));

        Assert.True(fleet[0].View.Status.IsConnected);
        Assert.False(refused.View.Status.IsConnected);
    }

    [Theory]
    [InlineData("ssl=true,sslHost=redis.example.com", "UntrustedRoot")] // This machine does not trust the authority.
    [InlineData("ssl=false", "Redis is not connected")] // TLS on the server's side only.
    public async Task A_member_that_cannot_connect_says_why_and_its_calls_go_on(string how, string why)
    {
        await using var redis = await StartAsync(clientsNeedCertificates: false);
        await using var member = new RedisFleetMember(fleet => fleet.UseRedis($"{Address},{how}"));

        await Until.TrueAsync(
            () => member.View.Status.LastError?.Contains(why, StringComparison.Ordinal) == true,
            () => member.View.Status.LastError ?? ""
        );

        Assert.False(member.View.Status.IsConnected);
        Assert.NotEmpty(member.Log.Of(202));
        using var admission = member.Breaker.Admit();
        admission.Settle(Verdict.Success);
        Assert.Equal(1, member.Breaker.Snapshot().Successes);
    }

    [Fact]
    public async Task A_certificate_of_another_host_is_refused()
    {
        await using var redis = await StartAsync(clientsNeedCertificates: false);
        var options = Trusting("other.example.com");
        await using var member = new RedisFleetMember(fleet => fleet.UseRedis(options));

        await Until.TrueAsync(
            () => member.View.Status.LastError?.Contains("certificate", StringComparison.Ordinal) == true,
            () => member.View.Status.LastError ?? ""
        );

        Assert.False(member.View.Status.IsConnected);
    }

    private ConfigurationOptions Trusting(string host)
    {
        var options = ConfigurationOptions.Parse($"{Address},ssl=true,sslHost={host}");
        options.TrustIssuer(_certificates.Authority);
        return options;
    }

    private string Address => $"127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}";

    private Task<RedisProcess> StartAsync(bool clientsNeedCertificates) =>
        RedisProcess.StartAsync(() =>
        {
            _port = RedisProcess.FreePort();
            return
            [
                "--tls-port",
                _port.ToString(CultureInfo.InvariantCulture),
                "--tls-cert-file",
                _certificates.PathOf("server.crt"),
                "--tls-key-file",
                _certificates.PathOf("server.key"),
                "--tls-ca-cert-file",
                _certificates.Authority,
                "--tls-auth-clients",
                clientsNeedCertificates ? "yes" : "no",
            ];
        });
}
