using System.Net.Sockets;
using System.Text;

namespace Fluxgate;

/// <summary>A server on a free loopback port with one breaker, and a client whose deadline only prevents hanging.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <param name="family">An additional family.</param>
    /// <param name="time">The clock of all timeouts; by default one that stands still, so that a slow machine gets no 503.</param>
    public RunningServer(MetricFamily? family = null, TimeProvider? time = null)
    {
        time ??= new VirtualTime();
        Metrics = new(null, time, Pool);
        if (family is not null)
        {
            Metrics.Add(family);
        }

        Breaker = new("payments", new() { Listeners = { new PrometheusListener(Metrics) } });
        Server = new(0, "localhost", Metrics, time);
        Server.Start();
        Client = new() { BaseAddress = new($"http://127.0.0.1:{Server.Port}"), Timeout = Deadline };
    }

    public ScrapePool Pool { get; } = new();

    public PrometheusMetrics Metrics { get; }

    public FluxgateBreaker Breaker { get; }

    public PrometheusServer Server { get; }

    public HttpClient Client { get; }

    public async Task<Page> ScrapeAsync() => Page.Parse(await Client.GetByteArrayAsync("/metrics"));

    public Task<HttpResponseMessage> AskAsync(string? accept = null, string? acceptEncoding = null, string method = "GET") =>
        ScrapeRequest.SendAsync(Client, accept, acceptEncoding, method);

    /// <summary>Opens a raw connection.</summary>
    public async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient { LingerState = new(enable: true, seconds: 0) };
        await client.ConnectAsync("127.0.0.1", Server.Port).WaitAsync(Deadline);
        return client;
    }

    /// <summary>Opens a connection and requests the page. Its receive buffer is small.</summary>
    public async Task<TcpClient> ConnectAndAskAsync()
    {
        var client = new TcpClient { LingerState = new(enable: true, seconds: 0), ReceiveBufferSize = 4096 };
        await client.ConnectAsync("127.0.0.1", Server.Port).WaitAsync(Deadline);
        await client
            .GetStream()
            .WriteAsync(Encoding.ASCII.GetBytes($"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:{Server.Port}\r\n\r\n"))
            .AsTask()
            .WaitAsync(Deadline);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await Breaker.DisposeAsync();
    }
}
