using System.IO.Compression;
using System.Net;

namespace Fluxgate;

public sealed class ServerResponses
{
    private const string OpenMetrics = "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    [Theory]
    [InlineData(null, "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData(OpenMetrics, "application/openmetrics-text; version=1.0.0; charset=utf-8")]
    [InlineData("application/json", "text/plain; version=0.0.4; charset=utf-8")]
    public async Task The_format_follows_the_Accept_header(string? accept, string contentType)
    {
        await using var running = new RunningServer();
        using var response = await running.AskAsync(accept);
        var page = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(contentType, response.Content.Headers.GetValues("Content-Type").Single());
        Assert.Equal(contentType.Contains("openmetrics", StringComparison.Ordinal), page.EndsWith("# EOF\n", StringComparison.Ordinal));
        Assert.Equal(["Accept", "Accept-Encoding"], response.Headers.Vary);
    }

    [Fact]
    public async Task Gzip_is_used_where_it_is_accepted()
    {
        await using var running = new RunningServer();
        using var plain = await running.AskAsync(acceptEncoding: "gzip;q=0");
        using var response = await running.AskAsync(acceptEncoding: "deflate, gzip;q=0.5");

        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.Equal((await response.Content.ReadAsByteArrayAsync()).Length, response.Content.Headers.ContentLength);
        await using var stream = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var page = new MemoryStream();
        await stream.CopyToAsync(page);
        Assert.Equal(["closed"], Page.Parse(page.ToArray()).CurrentStates("payments"));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(OpenMetrics, "gzip")]
    public async Task HEAD_has_the_headers_of_GET_in_every_format_and_coding(string? accept, string? acceptEncoding)
    {
        await using var running = new RunningServer();
        using var get = await running.AskAsync(accept, acceptEncoding);
        using var head = await running.AskAsync(accept, acceptEncoding, "HEAD");

        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal(get.Content.Headers.ContentEncoding, head.Content.Headers.ContentEncoding);
        Assert.Equal((await get.Content.ReadAsByteArrayAsync()).Length, head.Content.Headers.ContentLength);
        Assert.Equal(get.Headers.Vary, head.Headers.Vary);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_hanging_callback_returns_503_with_Retry_After()
    {
        using var gate = new ScrapeGate();
        var time = new VirtualTime();
        await using var running = new RunningServer(gate.Family, time);
        var asked = running.AskAsync();
        await gate.EnteredAsync();
        await ScrapeWaiting.UntilAsync(() => time.ArmedTimers == 1, "the timeout of the request");

        time.Advance(TimeSpan.FromSeconds(8));
        using var response = await asked;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
        Assert.NotEqual("", await response.Content.ReadAsStringAsync());
        gate.Open();
        Assert.Equal(HttpStatusCode.OK, (await running.AskAsync()).StatusCode);
    }

    [Fact]
    public async Task A_client_that_stops_reading_is_disconnected_after_30_seconds()
    {
        var time = new VirtualTime();
        await using var running = new RunningServer(Large(), time);
        using var silent = await running.ConnectAndAskAsync();

        // The memory of the page is in use and its timeout runs: the server waits for the client.
        await ScrapeWaiting.UntilAsync(() => time.ArmedTimers == 1 && running.Pool.Out > 0 && IsSending(silent), "the start of sending");
        time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.NotEqual(0, running.Pool.Out);
        time.Advance(TimeSpan.FromSeconds(0.1));

        await ScrapeWaiting.UntilAsync(() => running.Pool.Out == 0, "the end of sending");
        Assert.Equal(0, running.Pool.UnknownReturns);
        Assert.Equal(0, time.ArmedTimers);
    }

    [Fact]
    public async Task A_client_that_disconnects_mid_response_leaks_no_memory()
    {
        await using var running = new RunningServer(Large());
        using (var leaving = await running.ConnectAndAskAsync())
        {
            await ScrapeWaiting.UntilAsync(() => IsSending(leaving), "the start of sending");
        }

        await ScrapeWaiting.UntilAsync(() => running.Pool.Out == 0, "the end of sending");
        Assert.Equal(["closed"], (await running.ScrapeAsync()).CurrentStates("payments"));
    }

    [Fact]
    public async Task Ten_concurrent_scrapes_during_transitions_are_complete()
    {
        await using var running = new RunningServer();
        await using var driver = new Drivers(_ =>
        {
            running.Breaker.Trip();
            running.Breaker.Reset();
        });

        for (var i = 0; i < 10; i++)
        {
            var pages = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => running.ScrapeAsync()));
            Assert.All(pages, page => Assert.Single(page.CurrentStates("payments")));
        }
    }

    /// <summary>Creates a page larger than the buffers of two sockets.</summary>
    private static MetricFamily Large()
    {
        var value = new string('x', 64 * 1024);
        return MetricFamily.Gauge(
            "large",
            "A page of 32 MB.",
            ["value"],
            samples =>
            {
                for (var i = 0; i < 512; i++)
                {
                    samples.Add(i, $"{i}{value}");
                }
            }
        );
    }

    private static bool IsSending(System.Net.Sockets.TcpClient client) => client.Available > 0;
}
