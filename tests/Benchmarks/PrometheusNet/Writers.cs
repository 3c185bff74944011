using System.Buffers;
using BenchmarkDotNet.Attributes;
using Prometheus;

namespace Fluxgate;

/// <summary>
/// The same series of the same breakers, as text: written by prometheus-net from children that somebody has set, by prometheus-net from a
/// registry that we fill before each collection, and by us.
/// </summary>
public class Writers : IWritesBytes
{
    // Memory that is used again: what a server copies to its socket.
    private static readonly MemoryStream Page = new();
    private static readonly ArrayBufferWriter<byte> Buffer = new();

    private readonly CollectorRegistry _filled = Metrics.NewCustomRegistry();
    private readonly PrometheusMetrics _metrics = new();
    private CollectorRegistry _set = Metrics.NewCustomRegistry();
    private FluxgateBreaker[] _breakers = [];

    [Params(1, 100, 1_000)]
    public int Breakers { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var fleet = new PrometheusListener(_metrics);
        var filled = PrometheusNetMetrics.In(_filled);
        _breakers = Fleet.Of(Breakers, fleet);
        Array.ForEach(_breakers, filled.Breakers.OnAttached);
        _set = Registered.From(_metrics.Breakers);
    }

    [GlobalCleanup]
    public void End() => Array.ForEach(_breakers, breaker => breaker.Dispose());

    [Benchmark(Baseline = true)]
    public Task<long> Prometheus_net_writes() => Write(_set);

    [Benchmark]
    public Task<long> Prometheus_net_filled_by_us() => Write(_filled);

    [Benchmark]
    public Task<long> Fluxgate_page()
    {
        Buffer.ResetWrittenCount();
        _metrics.Write(Buffer);
        return Task.FromResult<long>(Buffer.WrittenCount);
    }

    long IWritesBytes.BytesOf(string benchmark) =>
        (
            benchmark switch
            {
                nameof(Prometheus_net_writes) => Prometheus_net_writes(),
                nameof(Prometheus_net_filled_by_us) => Prometheus_net_filled_by_us(),
                _ => Fluxgate_page(),
            }
        )
            .GetAwaiter()
            .GetResult();

    private static async Task<long> Write(CollectorRegistry registry)
    {
        Page.Position = 0;
        await registry.CollectAndExportAsTextAsync(Page);
        return Page.Position;
    }
}
