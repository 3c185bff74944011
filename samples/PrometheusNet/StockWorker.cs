using Fluxgate;
using Polly.Registry;
using Prometheus;

namespace PrometheusNet;

/// <summary>A worker that calls the supplier ten times a second. <see cref="KestrelMetricServer"/> serves its metrics.</summary>
internal sealed class StockWorker(Supplier supplier, ResiliencePipelineProvider<string> pipelines) : BackgroundService
{
    private const int Port = 9465;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly Gauge Stock = Metrics.CreateGauge("stock", "The latest stock of the supplier.");

    public static async Task RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddSupplier().AddHostedService<StockWorker>();
        using var worker = builder.Build();
        using var server = new KestrelMetricServer(
            "localhost",
            worker.Services.GetRequiredService<IConfiguration>().GetValue("port", Port)
        );
        server.Start();
        await worker.RunAsync();
    }

    /// <summary>Calls the supplier. Three seconds after the start, an outage of two seconds begins.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pipeline = pipelines.GetPipeline(SupplierBreaker.Name);
        using var timer = new PeriodicTimer(Interval);
        for (var tick = 0; await timer.WaitForNextTickAsync(stoppingToken); tick++)
        {
            supplier.IsDown = tick is >= 30 and < 50;
            try
            {
                Stock.Set(await pipeline.ExecuteAsync(async _ => await supplier.StockOfAsync("tea"), stoppingToken));
            }
            catch (HttpRequestException)
            {
                // The breaker counts it.
            }
            catch (CallNotPermittedException)
            {
                // The breaker counts it; the gauge keeps the latest stock.
            }
        }
    }
}
