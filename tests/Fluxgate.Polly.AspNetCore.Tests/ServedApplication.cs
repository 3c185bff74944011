using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>A real application on Kestrel, on a free loopback port, with one breaker; the deadline of its client only prevents hanging.</summary>
internal sealed class ServedApplication : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly WebApplication _application;

    private ServedApplication(WebApplication application, PrometheusMetrics metrics, ScrapePool pool, FluxgateBreaker breaker, AuditLog log)
    {
        (_application, Metrics, Pool, Breaker, Log) = (application, metrics, pool, breaker, log);
        Client = new() { BaseAddress = new(application.Urls.Single()), Timeout = Deadline };
    }

    public PrometheusMetrics Metrics { get; }

    public ScrapePool Pool { get; }

    public FluxgateBreaker Breaker { get; }

    public AuditLog Log { get; }

    public HttpClient Client { get; }

    /// <param name="map">Maps the endpoint; by default at <c>/metrics</c>.</param>
    /// <param name="services">Registers services of the application.</param>
    /// <param name="time">The clock of the page's timeout; by default one that stands still, so that a slow machine gets no 503.</param>
    /// <param name="family">An additional family.</param>
    public static async Task<ServedApplication> StartAsync(
        Action<WebApplication, PrometheusMetrics>? map = null,
        Action<IServiceCollection>? services = null,
        TimeProvider? time = null,
        MetricFamily? family = null
    )
    {
        var pool = new ScrapePool();
        var metrics = new PrometheusMetrics(null, time ?? new VirtualTime(), pool);
        if (family is not null)
        {
            metrics.Add(family);
        }

        var breaker = new FluxgateBreaker("payments", new() { Listeners = { new PrometheusListener(metrics) } });
        var log = new AuditLog();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log);
        services?.Invoke(builder.Services);
        var application = builder.Build();
        (map ?? ((app, shown) => app.MapFluxgateMetrics(metrics: shown)))(application, metrics);
        await application.StartAsync();
        return new(application, metrics, pool, breaker, log);
    }

    public Task<HttpResponseMessage> AskAsync(
        string? accept = null,
        string? acceptEncoding = null,
        string method = "GET",
        string path = "/metrics"
    ) => ScrapeRequest.SendAsync(Client, accept, acceptEncoding, method, path);

    public async Task<Page> ScrapeAsync() => Page.Parse(await Client.GetByteArrayAsync("/metrics"));

    /// <summary>Opens a connection and requests the page. Its receive buffer is small, and it is reset when it ends.</summary>
    public async Task<TcpClient> ConnectAndAskAsync()
    {
        var client = new TcpClient { LingerState = new(enable: true, seconds: 0), ReceiveBufferSize = 4096 };
        await client.ConnectAsync("127.0.0.1", Client.BaseAddress!.Port).WaitAsync(Deadline);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.DisposeAsync();
        await Breaker.DisposeAsync();
    }
}
