using System.Net;
using System.Net.Sockets;

namespace Fluxgate;

public sealed class TheServersLife
{
    // On a clock that stands still, so that no slow machine makes a 503.
    private readonly PrometheusMetrics _metrics = new(null, new VirtualTime());

    [Fact]
    public async Task A_server_may_be_started_and_disposed_more_than_once()
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

    // A listener that is closed at the moment it is asked for a request never answers: now and then the disposal waited for ever.
    [Fact]
    public async Task A_server_disposed_at_any_moment_of_its_start_ends()
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
    public async Task After_disposal_nobody_answers_and_the_port_is_free()
    {
        var first = StartedOnAPortOfItsOwn();
        await first.DisposeAsync();
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://127.0.0.1:{first.Port}/metrics")));
        await using var second = new PrometheusServer(first.Port, metrics: _metrics);
        second.Start();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri($"http://127.0.0.1:{first.Port}/metrics"))).StatusCode);
    }

    [Fact]
    public void A_port_that_another_program_uses_is_named()
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
    public void A_port_that_another_server_uses_is_named_and_can_be_had_once_it_is_free()
    {
        using var first = StartedOnAPortOfItsOwn();
        using var second = new PrometheusServer(first.Port, metrics: _metrics);

        var error = Assert.Throws<IOException>(second.Start);
        Assert.Contains($"port {first.Port} of localhost: the port is in use", error.Message, StringComparison.Ordinal);

        first.Dispose();
        second.Start();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    public void A_port_out_of_range_is_named(int port)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new PrometheusServer(port));

        Assert.Contains($"port must be from 0 to 65535, but is {port}.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// A server on a port that is free again once it has left: below those that the system deals out, where another server or client
    /// might get it in between.
    /// </summary>
    private PrometheusServer StartedOnAPortOfItsOwn()
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
