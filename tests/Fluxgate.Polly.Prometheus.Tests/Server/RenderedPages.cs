using System.IO.Compression;

namespace Fluxgate;

public sealed class RenderedPages : IDisposable
{
    private readonly ScrapePool _pool = new();
    private readonly PrometheusMetrics _metrics;
    private readonly FluxgateBreaker _breaker;

    public RenderedPages()
    {
        _metrics = new(null, new VirtualTime(), _pool);
        _breaker = new("payments", new() { Listeners = { new PrometheusListener(_metrics) } });
    }

    public void Dispose() => _breaker.Dispose();

    [Fact]
    public async Task A_page_has_its_content_type_and_encoding()
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
    public async Task A_compressed_page_has_the_same_content_and_is_smaller()
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
    public async Task A_page_of_many_segments_is_complete()
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
    public async Task The_memory_is_returned_once_with_the_last_reader()
    {
        var page = await _metrics.RenderAsync();
        await ScrapeWaiting.UntilAsync(() => _pool.Out == 1, "the end of the rendering");

        page!.Dispose();
        page.Dispose();

        await ScrapeWaiting.UntilAsync(() => _pool.Out == 0, "the return of all memory");
        Assert.Equal(0, _pool.UnknownReturns);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => page.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task The_memory_is_kept_while_a_disposed_page_is_being_sent()
    {
        var page = await _metrics.RenderAsync();
        await using var slow = new SlowStream();
        var sending = page!.CopyToAsync(slow);

        page.Dispose();
        Assert.Equal(1, _pool.Out);
        slow.GoOn.SetResult();
        await sending;

        Assert.Equal(["closed"], Page.Parse(slow.Written!).CurrentStates("payments"));
        await ScrapeWaiting.UntilAsync(() => _pool.Out == 0, "the return of all memory");
    }

    [Fact]
    public async Task A_client_that_disconnects_during_sending_leaks_no_memory()
    {
        using (var page = await _metrics.RenderAsync())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page!.CopyToAsync(new MemoryStream(), new(canceled: true)));
        }

        await ScrapeWaiting.UntilAsync(() => _pool.Out == 0, "the return of all memory");
        Assert.Equal(0, _pool.UnknownReturns);
    }

    private static async Task<byte[]> BytesOf(PrometheusPage page)
    {
        using var bytes = new MemoryStream();
        await page.CopyToAsync(bytes);
        Assert.Equal(page.Length, bytes.Length);
        return bytes.ToArray();
    }

    /// <summary>Reads what it is given only when it is released, as a socket with a slow client does.</summary>
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
