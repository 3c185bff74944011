using System.IO.Compression;

namespace Fluxgate;

public sealed class PagesInHand : IDisposable
{
    private readonly ScrapePool _pool = new();
    private readonly PrometheusMetrics _metrics;
    private readonly FluxgateBreaker _breaker;

    public PagesInHand()
    {
        _metrics = new(null, new VirtualTime(), _pool);
        _breaker = new("payments", new() { Listeners = { new PrometheusListener(_metrics) } });
    }

    public void Dispose() => _breaker.Dispose();

    [Fact]
    public async Task A_page_says_what_it_is()
    {
        using var text = await _metrics.RenderAsync();
        using var openMetrics = await _metrics.RenderAsync("application/openmetrics-text", "identity");

        Assert.Equal(("text/plain; version=0.0.4; charset=utf-8", null), (text!.ContentType, text.ContentEncoding));
        Assert.Equal(
            ("application/openmetrics-text; version=1.0.0; charset=utf-8", null),
            (openMetrics!.ContentType, openMetrics.ContentEncoding)
        );
        Assert.EndsWith("# EOF\n", System.Text.Encoding.UTF8.GetString(await BytesOf(openMetrics)), StringComparison.Ordinal);
        Assert.Equal(["closed"], Page.Parse(await BytesOf(text)).CurrentStates("payments"));
    }

    [Fact]
    public async Task A_compressed_page_is_the_same_page_and_smaller()
    {
        using var plain = await _metrics.RenderAsync();
        using var compressed = await _metrics.RenderAsync(acceptEncoding: "gzip");

        Assert.Equal("gzip", compressed!.ContentEncoding);
        Assert.True(compressed.Length < plain!.Length / 2);
        await using var stream = new GZipStream(new MemoryStream(await BytesOf(compressed)), CompressionMode.Decompress);
        using var decompressed = new MemoryStream();
        await stream.CopyToAsync(decompressed);
        Assert.Equal(await BytesOf(plain), decompressed.ToArray());
    }

    [Fact]
    public async Task A_page_of_many_pieces_is_whole()
    {
        _metrics.Add(
            MetricFamily.Gauge(
                "wide",
                "Many series.",
                ["number"],
                samples =>
                {
                    for (var i = 0; i < 40_000; i++)
                    {
                        samples.Add(i, $"number {i}");
                    }
                }
            )
        );

        using var page = await _metrics.RenderAsync();

        Assert.True(_pool.Out > 3, "The page is too small to need a third piece.");
        Assert.Equal(40_000, Page.Parse(await BytesOf(page!)).All.Count(series => series.Name is "wide"));
    }

    [Fact]
    public async Task Its_memory_returns_once_with_its_last_reader()
    {
        var page = await _metrics.RenderAsync();
        await ScrapeWaiting.UntilAsync(() => _pool.Out == 1, "the rendering's end");

        page!.Dispose();
        page.Dispose();

        await ScrapeWaiting.UntilAsync(() => _pool.Out == 0, "memory that does not return");
        Assert.Equal(0, _pool.Strays);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => page.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task Its_memory_stays_while_it_is_being_sent_also_when_it_is_disposed_then()
    {
        var page = await _metrics.RenderAsync();
        await using var slow = new SlowStream();
        var sending = page!.CopyToAsync(slow);

        page.Dispose();
        Assert.Equal(1, _pool.Out);
        slow.GoOn.SetResult();
        await sending;

        Assert.Equal(["closed"], Page.Parse(slow.Written!).CurrentStates("payments"));
        await ScrapeWaiting.UntilAsync(() => _pool.Out == 0, "memory that does not return");
    }

    [Fact]
    public async Task A_client_that_goes_while_it_is_being_sent_leaves_no_memory_behind()
    {
        using (var page = await _metrics.RenderAsync())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page!.CopyToAsync(new MemoryStream(), new(canceled: true)));
        }

        await ScrapeWaiting.UntilAsync(() => _pool.Out == 0, "memory that does not return");
        Assert.Equal(0, _pool.Strays);
    }

    private static async Task<byte[]> BytesOf(PrometheusPage page)
    {
        using var bytes = new MemoryStream();
        await page.CopyToAsync(bytes);
        Assert.Equal(page.Length, bytes.Length);
        return bytes.ToArray();
    }

    /// <summary>Reads what it is given only when it may go on, as a socket does whose client is slow.</summary>
    private sealed class SlowStream : MemoryStream
    {
        public TaskCompletionSource GoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public byte[]? Written { get; private set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await GoOn.Task;
            Written = buffer.ToArray();
        }
    }
}
