using Prometheus;

namespace Fluxgate;

public sealed class OverlappingCollections : IDisposable
{
    private const string Held = "circuit_breaker_held{circuit_name=\"payments\"}";

    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _released = new();
    private readonly FluxgateBreaker _breaker;

    public OverlappingCollections()
    {
        var metrics = PrometheusNetMetrics.In(_registry);
        metrics.Add(MetricFamily.Gauge("circuit_breaker_held", "The requests, which the first reading returns when released.", Hold));
        _breaker = new("payments", new() { Listeners = { new PrometheusNetListener(metrics) } });
    }

    [Fact]
    public async Task An_older_collection_does_not_replace_newer_values()
    {
        var older = await BeginOlderAsync();
        _breaker.Admit().Settle(Verdict.Success);
        Assert.Equal(1, (await CollectAsync())[Held]);

        _released.Set();

        Assert.Equal(1, (await older)[Held]);
    }

    [Fact]
    public async Task An_older_collection_does_not_restore_a_removed_circuit()
    {
        var older = await BeginOlderAsync();
        _breaker.Dispose();
        Assert.Empty((await CollectAsync()).All);

        _released.Set();

        Assert.Empty((await older).All);
    }

    public void Dispose()
    {
        _released.Dispose();
        _breaker.Dispose();
    }

    private async Task<Task<Page>> BeginOlderAsync()
    {
        var older = Task.Run(CollectAsync);
        await _reading.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return older;
    }

    private double? Hold(BreakerSnapshot now)
    {
        if (_reading.TrySetResult())
        {
            _released.Wait();
        }

        return now.Requests;
    }

    private async Task<Page> CollectAsync()
    {
        using var output = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(output);
        return Page.Parse(output.ToArray());
    }
}
