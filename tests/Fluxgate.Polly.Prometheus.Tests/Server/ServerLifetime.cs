using System.Net;
using System.Net.Sockets;

namespace Fluxgate;

public sealed class ServerLifetime
{
    // On a clock that stands still, so that a slow machine gets no 503.
    private readonly PrometheusMetrics _metrics = new(null, new VirtualTime());

    [Fact]
    public async Task A_server_can_be_started_and_disposed_more_than_once()
    {
        var server = new PrometheusServer(0, metrics: _metrics);
        server.Start();
        var port = server.Port;
        server.Start();
        Assert.Equal(port, server.Port);

        server.Dispose();
        server.Dispose();
        await server.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(server.Start);
    }

    // A listener that is closed while it starts to wait for a request never completes: some disposals waited forever.
    [Fact]
    public async Task Disposal_at_any_moment_of_startup_completes()
    {
        for (var i = 0; i < 2000; i++)
        {
            var server = new PrometheusServer(0, metrics: _metrics);
            server.Start();
            Thread.SpinWait(i % 20 * 100);

            await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    [Fact]
    public async Task A_server_that_was_never_started_can_be_disposed()
    {
        var server = new PrometheusServer(9464, metrics: _metrics);
        await server.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(server.Start);
    }

    [Fact]
    public async Task Disposal_stops_the_server_and_frees_its_port()
    {
        var first = StartOnFreePort();
        await first.DisposeAsync();
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://127.0.0.1:{first.Port}/metrics")));
        await using var second = new PrometheusServer(first.Port, metrics: _metrics);
        second.Start();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri($"http://127.0.0.1:{first.Port}/metrics"))).StatusCode);
    }

    [Fact]
    public void A_port_used_by_another_program_is_reported()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        using var server = new PrometheusServer(port, metrics: _metrics);

        var error = Assert.Throws<IOException>(server.Start);

        Assert.Equal(
            $"PrometheusServer cannot listen on port {port} of localhost: the port is in use by another process or server.",
            error.Message
        );
    }

    [Fact]
    public void A_port_used_by_another_server_can_be_used_once_it_is_free()
    {
        using var first = StartOnFreePort();
        using var second = new PrometheusServer(first.Port, metrics: _metrics);

        var error = Assert.Throws<IOException>(second.Start);
        Assert.Contains($"port {first.Port} of localhost: the port is in use", error.Message, StringComparison.Ordinal);

        first.Dispose();
        second.Start();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    public void A_port_out_of_range_throws(int port)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new PrometheusServer(port));

        Assert.Contains($"port must be from 0 to 65535, but is {port}.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Starts a server on a port that stays free after its disposal: below the ephemeral ports, which the system may give to another
    /// server or client in between.
    /// </summary>
    private PrometheusServer StartOnFreePort()
    {
        for (var port = 20_000 + (Environment.ProcessId % 10_000); ; port++)
        {
            var server = new PrometheusServer(port, metrics: _metrics);
            try
            {
                server.Start();
                return server;
            }
            catch (IOException)
            {
                server.Dispose();
            }
        }
    }
}
