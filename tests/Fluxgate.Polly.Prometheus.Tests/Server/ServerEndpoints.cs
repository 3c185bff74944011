using System.Net;

namespace Fluxgate;

public sealed class ServerEndpoints
{
    [Fact]
    public async Task Metrics_are_served_as_text_format_0_0_4()
    {
        await using var running = new RunningServer();
        running.Breaker.Trip();

        using var response = await running.Client.GetAsync("/metrics");
        var page = Page.Parse(await response.Content.ReadAsByteArrayAsync());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.GetValues("Content-Type").Single());
        Assert.Equal(["open"], page.CurrentStates("payments"));
    }

    [Fact]
    public async Task Every_scrape_reads_current_values_and_ignores_the_query()
    {
        await using var running = new RunningServer();
        Assert.Equal(["closed"], (await running.ScrapeAsync()).CurrentStates("payments"));
        running.Breaker.Trip();

        var page = Page.Parse(await running.Client.GetByteArrayAsync("/metrics?from=prometheus"));

        Assert.Equal(["open"], page.CurrentStates("payments"));
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/")]
    [InlineData("/nothing")]
    public async Task HEAD_returns_the_headers_of_GET_without_the_body(string path)
    {
        await using var running = new RunningServer();
        using var get = await running.Client.GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await running.Client.SendAsync(request);

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal((await get.Content.ReadAsByteArrayAsync()).Length, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task The_root_links_to_the_metrics()
    {
        await using var running = new RunningServer();
        using var response = await running.Client.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("/metrics", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/metrics/more")]
    [InlineData("/METRICS")]
    [InlineData("//metrics")]
    public async Task Other_paths_are_not_found(string path)
    {
        await using var running = new RunningServer();
        using var response = await running.Client.GetAsync(new Uri($"http://127.0.0.1:{running.Server.Port}{path}"));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/metrics")]
    [InlineData("PUT", "/")]
    [InlineData("DELETE", "/nothing")]
    [InlineData("OPTIONS", "/metrics")]
    public async Task Other_methods_get_405_with_the_allowed_methods(string method, string path)
    {
        await using var running = new RunningServer();
        using var request = new HttpRequestMessage(new(method), path) { Content = new StringContent("an unread body") };
        using var response = await running.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task Loopback_accepts_its_name_and_address_and_no_other_host()
    {
        await using var running = new RunningServer();
        Assert.Equal(HttpStatusCode.OK, await StatusOf("localhost", askFor: "localhost"));
        Assert.Equal(HttpStatusCode.OK, await StatusOf("127.0.0.1", askFor: "127.0.0.1"));

        // A web page whose host name resolves to 127.0.0.1 gets no metrics.
        Assert.NotEqual(HttpStatusCode.OK, await StatusOf("127.0.0.1", askFor: "attacker.example"));

        async Task<HttpStatusCode> StatusOf(string host, string askFor)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{host}:{running.Server.Port}/metrics");
            request.Headers.Host = $"{askFor}:{running.Server.Port}";
            using var response = await running.Client.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Concurrent_scrapes_each_get_a_complete_page()
    {
        await using var running = new RunningServer();
        await using var driver = new Drivers(_ =>
        {
            running.Breaker.Trip();
            running.Breaker.Reset();
        });

        var pages = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => running.ScrapeAsync()));

        Assert.All(pages, page => Assert.Single(page.CurrentStates("payments")));
    }

    [Fact]
    public async Task Clients_that_disconnect_early_do_not_affect_others()
    {
        await using var running = new RunningServer();
        for (var i = 0; i < 50; i++)
        {
            using var client = await running.ConnectAsync();
            var request = i % 2 == 0 ? "GET /metr" : $"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:{running.Server.Port}\r\n\r\n";
            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(request));
        }

        using var nonsense = await running.ConnectAsync();
        await nonsense.GetStream().WriteAsync("\0\u0001 what? \r\n\r\n"u8.ToArray());

        Assert.Equal(["closed"], (await running.ScrapeAsync()).CurrentStates("payments"));
    }

    [Fact]
    public async Task A_client_that_never_reads_does_not_delay_others()
    {
        await using var running = new RunningServer();
        using var silent = await running.ConnectAsync();
        var request = $"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:{running.Server.Port}\r\n\r\n";
        await silent.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(request));

        Assert.Equal(["closed"], (await running.ScrapeAsync()).CurrentStates("payments"));
    }
}
