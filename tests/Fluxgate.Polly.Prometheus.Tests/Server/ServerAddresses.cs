using System.Net;
using System.Net.Sockets;

namespace Fluxgate;

/// <summary>Covers every form of <c>host</c>. Where the machine has no IPv6, the checks of IPv6 are skipped.</summary>
public sealed class ServerAddresses
{
    private const string NotAHost =
        "host must be a host name, an IP address, or *, +, 0.0.0.0 or :: for every address of this machine, without scheme, port and path";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // For a program at another address. It only has to exceed the time in which this server responds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly string[] LoopbackAddresses = ["127.0.0.1", "127.0.0.2", "[::1]"];
    private static readonly bool IsIPv6Here = HasIPv6();

    private readonly PrometheusMetrics _metrics = new(null, new VirtualTime());
    private readonly string _ofThisTest = $"test_{Guid.NewGuid():N}";

    public ServerAddresses() => _metrics.Add(MetricFamily.Gauge(_ofThisTest, "Identifies the page of this test.", () => 1));

    [Theory]
    [InlineData("*")]
    [InlineData("+")]
    [InlineData("::")]
    [InlineData("[::]")]
    public async Task A_wildcard_listens_on_IPv4_and_IPv6_and_accepts_every_host(string host)
    {
        await using var server = Started(host);

        await Answers(server, "127.0.0.1", "127.0.0.2", "[::1]");
        await Answers(server, "127.0.0.1", askFor: "metrics.example");
    }

    [Fact]
    public async Task The_IPv4_wildcard_listens_on_all_IPv4_addresses_for_every_host()
    {
        await using var server = Started("0.0.0.0");

        await Answers(server, "127.0.0.1", "127.0.0.2");
        await Answers(server, "127.0.0.1", askFor: "metrics.example");
        await IsNotAt(server, "[::1]");
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("localhost.")]
    public async Task Localhost_listens_on_both_loopback_addresses(string host)
    {
        await using var server = Started(host);

        await Answers(server, "127.0.0.1", "[::1]");
        await Answers(server, "127.0.0.1", askFor: "localhost");
        await Answers(server, "127.0.0.1", askFor: "LocalHost.");
        await IsNotAt(server, "127.0.0.2");
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.2", "127.0.0.2")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "[::1]")]
    [InlineData("[::1]", "[::1]")]
    [InlineData("0:0:0:0:0:0:0:1", "[::1]")]
    public async Task A_loopback_address_listens_only_there_and_accepts_localhost(string host, string at)
    {
        if (at is "[::1]" && !IsIPv6Here)
        {
            return;
        }

        await using var server = Started(host);

        await Answers(server, at);
        await Answers(server, at, askFor: "localhost");
        foreach (var other in LoopbackAddresses.Where(other => other != at))
        {
            await IsNotAt(server, other);
        }
    }

    [Fact]
    public async Task A_host_name_listens_on_its_resolved_addresses()
    {
        // Most machines resolve their own name; the others have no address to listen on.
        if (!Resolves(Dns.GetHostName(), out var addresses))
        {
            return;
        }

        await using var server = Started(Dns.GetHostName());

        var address = addresses[0].AddressFamily == AddressFamily.InterNetworkV6 ? $"[{addresses[0]}]" : addresses[0].ToString();
        await Answers(server, address, askFor: Dns.GetHostName().ToUpperInvariant());
        await Answers(server, address);
    }

    [Theory]
    [InlineData("localhost", "metrics.example")]
    [InlineData("127.0.0.1", "metrics.example")]
    [InlineData("127.0.0.1", "127.0.0.1.example")]
    [InlineData("127.0.0.1", "localhost.example")]
    public async Task Other_hosts_are_rejected_with_the_reason(string host, string askFor)
    {
        await using var server = Started(host);
        using var response = await AskAsync(server, "127.0.0.1", askFor);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
        Assert.Contains("host", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" localhost")]
    [InlineData("http://localhost")]
    [InlineData("http://*")]
    [InlineData("localhost:9464")]
    [InlineData("127.0.0.1:9464")]
    [InlineData("0.0.0.0:9464")]
    [InlineData("[::1]:9464")]
    [InlineData("*:9464")]
    [InlineData("[127.0.0.1]")]
    [InlineData("[localhost]")]
    [InlineData("[::1")]
    [InlineData("**")]
    [InlineData("*.example")]
    [InlineData("localhost/metrics")]
    [InlineData("127.1")]
    [InlineData("1")]
    [InlineData("256.0.0.1")]
    [InlineData("127.0.0.1\n")]
    public void An_invalid_host_throws_and_the_message_says_what_is_allowed(string host)
    {
        var error = Assert.Throws<ArgumentException>(() => new PrometheusServer(9464, host));

        Assert.Equal($"{NotAHost}, but is '{host}'. (Parameter 'host')", error.Message);
    }

    [Fact]
    public void A_null_host_throws() => Assert.Throws<ArgumentNullException>(() => new PrometheusServer(9464, null!));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("*")]
    [InlineData("::")]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public void A_port_in_use_is_reported(string host)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        Assert.Equal(
            $"PrometheusServer cannot listen on port {PortOf(other)} of {host}: the port is in use by another process or server.",
            ErrorOf(PortOf(other), host)
        );
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    [InlineData("[2001:db8::1]")]
    public void An_address_of_another_machine_is_reported(string host)
    {
        Assert.Equal($"PrometheusServer cannot listen on port 9464 of {host}: it is not an address of this machine.", ErrorOf(9464, host));
    }

    [Fact]
    public void An_unknown_host_name_is_reported()
    {
        var error = ErrorOf(9464, "no-such-host.invalid");

        Assert.StartsWith(
            "PrometheusServer cannot listen on port 9464 of no-such-host.invalid: the name has no address (",
            error,
            StringComparison.Ordinal
        );
    }

    private PrometheusServer Started(string host)
    {
        var server = new PrometheusServer(0, host, _metrics);
        server.Start();
        Assert.Equal(host, server.Host);
        return server;
    }

    private string ErrorOf(int port, string host)
    {
        using var server = new PrometheusServer(port, host, _metrics);
        return Assert.Throws<IOException>(server.Start).Message;
    }

    private static async Task Answers(PrometheusServer server, params string[] addresses)
    {
        foreach (var address in addresses.Where(address => IsIPv6Here || address[0] != '['))
        {
            await Answers(server, address, address);
        }
    }

    private static async Task Answers(PrometheusServer server, string address, string askFor)
    {
        using var response = await AskAsync(server, address, askFor);
        Assert.Equal((address, askFor, HttpStatusCode.OK), (address, askFor, response.StatusCode));
    }

    /// <summary>Checks that this server does not listen at the address. Another program may use the same port there.</summary>
    private async Task IsNotAt(PrometheusServer server, string address)
    {
        try
        {
            using var response = await AskAsync(server, address, "localhost", Patience);
            Assert.DoesNotContain(_ofThisTest, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        catch (HttpRequestException error)
        {
            // Nothing listens there, or a program that does not use HTTP.
            Assert.NotEqual(HttpRequestError.NameResolutionError, error.HttpRequestError);
        }
        catch (TaskCanceledException error) when (error.InnerException is TimeoutException)
        {
            // A program that accepts connections and does not respond. This server has responded at its own address.
        }
    }

    private static async Task<HttpResponseMessage> AskAsync(
        PrometheusServer server,
        string address,
        string askFor,
        TimeSpan? timeout = null
    )
    {
        using var client = new HttpClient { Timeout = timeout ?? Deadline };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{address}:{server.Port}/metrics");
        request.Headers.Host = $"{askFor}:{server.Port}";
        return await client.SendAsync(request);
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static bool Resolves(string name, out IPAddress[] addresses)
    {
        try
        {
            addresses = Dns.GetHostAddresses(name);
            return addresses.Length > 0;
        }
        catch (SocketException)
        {
            addresses = [];
            return false;
        }
    }

    private static bool HasIPv6()
    {
        try
        {
            using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
