using BenchmarkDotNet.Attributes;

namespace Fluxgate;

/// <summary>One scrape of the whole catalog, into memory that is used again.</summary>
public class Scrapes : IWritesBytes
{
    private static readonly MemoryStream Page = new();

    private readonly PrometheusMetrics _metrics = new();
    private FluxgateBreaker[] _breakers = [];

    [Params(1, 100, 1_000, 10_000)]
    public int Breakers { get; set; }

    [Params(PageFormat.Text, PageFormat.OpenMetrics)]
    public PageFormat Format { get; set; }

    [GlobalSetup]
    public void Fill() => _breakers = Fleet.Of(Breakers, new PrometheusListener(_metrics));

    [GlobalCleanup]
    public void End() => Array.ForEach(_breakers, breaker => breaker.Dispose());

    [Benchmark]
    public async Task<long> Scrape()
    {
        Page.Position = 0;
        await _metrics.WriteAsync(Page, Format);
        return Page.Position;
    }

    long IWritesBytes.BytesOf(string benchmark) => Scrape().GetAwaiter().GetResult();
}
