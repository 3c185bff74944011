using System.Net;
using System.Text.RegularExpressions;

namespace Fluxgate;

/// <summary>Runs samples/PrometheusNet unchanged through an outage while a real Prometheus scrapes it.</summary>
public sealed class PrometheusNetSample
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(10);

    [NeedsPrometheusFact]
    public async Task Prometheus_sees_an_outage_of_the_web_application()
    {
        await using var shop = Start("--urls", "http://127.0.0.1:0");
        var address = await AddressAsync(shop, "Now listening on: (http://127[^\\s]+)");
        using var client = new HttpClient { BaseAddress = address, Timeout = KitWait.Deadline };
        await using var folder = new KitFolder();
        await using var prometheus = await ScrapingAsync(folder, address.Port);

        // Prometheus must see the circuit in each state, so each step waits for that.
        await SeesAsync(prometheus, "circuit_breaker_state{state=\"closed\"}", 1);
        Assert.Equal(HttpStatusCode.OK, await OrderAsync(client));
        await PutAsync(client, "/supplier/down");
        Assert.Equal(HttpStatusCode.BadGateway, await OrderAsync(client));
        Assert.Equal(HttpStatusCode.BadGateway, await OrderAsync(client));
        Assert.Equal(HttpStatusCode.BadGateway, await OrderAsync(client));
        await SeesAsync(prometheus, "circuit_breaker_state{state=\"open\"}", 1);
        await SeesAsync(prometheus, "circuit_breaker_open_total{circuit_name=\"supplier\"}", 1);
        await PutAsync(client, "/supplier/up");
        await KitWait.UntilAsync(async () => await OrderAsync(client) == HttpStatusCode.OK, () => "the supplier to be called again");
        await SeesAsync(prometheus, "circuit_breaker_state{state=\"closed\"}", 1);

        var seen = ValueOn(await client.GetStringAsync("/metrics"));
        foreach (var series in Counted)
        {
            await SeesAsync(prometheus, series, seen(series));
        }

        Assert.Equal(3, seen("orders_total{outcome=\"failed\"}"));
        Assert.Equal(3, seen("circuit_breaker_failures_total{circuit_name=\"supplier\"}"));
        Assert.Equal(1, seen("circuit_breaker_open_total{circuit_name=\"supplier\"}"));
        Assert.Equal(seen("orders_total{outcome=\"taken\"}"), seen("circuit_breaker_successes_total{circuit_name=\"supplier\"}"));
    }

    [NeedsPrometheusFact]
    public async Task A_worker_serves_its_circuit_and_its_metrics_on_its_own_server()
    {
        var port = KitProgram.FreePort();
        await using var worker = Start("worker", "--port", $"{port}");
        await using var folder = new KitFolder();
        await using var prometheus = await ScrapingAsync(folder, port);

        await SeesAsync(prometheus, "circuit_breaker_state{state=\"closed\"}", 1);
        await SeesAsync(prometheus, "stock", 3);
        await SeesAsync(prometheus, "circuit_breaker_open_total", 1);
        await SeesAsync(prometheus, "circuit_breaker_state_transition_total{old_state=\"half_open\",new_state=\"closed\"}", 1);
        Assert.False(worker.HasExited, worker.OutputText);
    }

    [NeedsPrometheusFact]
    public async Task An_unknown_state_of_the_supplier_is_not_found()
    {
        await using var shop = Start("--urls", "http://127.0.0.1:0");
        using var client = new HttpClient
        {
            BaseAddress = await AddressAsync(shop, "Now listening on: (http://127[^\\s]+)"),
            Timeout = KitWait.Deadline,
        };

        using var response = await client.PutAsync("/supplier/sideways", content: null);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    /// <summary>The counters of callers, the breaker, the business and the middleware of prometheus-net.</summary>
    private static readonly string[] Counted =
    [
        "orders_total{outcome=\"taken\"}",
        "orders_total{outcome=\"failed\"}",
        "circuit_breaker_requests_total{circuit_name=\"supplier\"}",
        "circuit_breaker_failures_total{circuit_name=\"supplier\"}",
        "circuit_breaker_successes_total{circuit_name=\"supplier\"}",
        "circuit_breaker_open_total{circuit_name=\"supplier\"}",
        "circuit_breaker_state_transition_total{circuit_name=\"supplier\",old_state=\"closed\",new_state=\"open\"}",
        "http_requests_received_total{code=\"502\",method=\"GET\",controller=\"\",action=\"\",endpoint=\"/orders/{item}\"}",
    ];

    private static Func<string, double> ValueOn(string page) =>
        series =>
        {
            var line = page.Split('\n').SingleOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal));
            Assert.True(line is not null, $"{series} is not on the page:\n{page}");
            return double.Parse(line[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        };

    private static KitProgram Start(params string[] arguments) =>
        KitProgram.Start(
            "dotnet",
            AppContext.BaseDirectory,
            readOutput: true,
            [Path.Combine(AppContext.BaseDirectory, "PrometheusNet.dll"), .. arguments]
        );

    private static async Task<Uri> AddressAsync(KitProgram program, string pattern)
    {
        var match = Match.Empty;
        await KitWait.UntilAsync(
            () =>
                Task.FromResult(
                    (match = Regex.Match(program.OutputText, pattern, RegexOptions.None, MatchTimeout)).Success || program.HasExited
                ),
            () => $"the address\n{program.OutputText}"
        );
        Assert.True(match.Success, program.OutputText);
        return new(match.Groups[1].Value);
    }

    private static Task<KitServer> ScrapingAsync(KitFolder folder, int port)
    {
        File.WriteAllText(
            Path.Combine(folder.Path, "prometheus.yml"),
            $$"""
            global: { scrape_interval: 250ms }
            scrape_configs:
              - job_name: sample
                static_configs: [{ targets: ["127.0.0.1:{{port}}"] }]
            """
        );
        return KitServer.PrometheusAsync(folder.Path, Path.Combine(folder.Path, "data"));
    }

    private static Task SeesAsync(KitServer prometheus, string expression, double value)
    {
        IReadOnlyList<KitSample> answer = [];
        return KitWait.UntilAsync(
            async () => (answer = await prometheus.Api.QueryAsync(expression)) is [var only] && only.Value == value,
            () => $"{expression} to be {value}, but Prometheus says {string.Join(", ", answer)}"
        );
    }

    private static async Task<HttpStatusCode> OrderAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/orders/tea");
        return response.StatusCode;
    }

    private static async Task PutAsync(HttpClient client, string path)
    {
        using var response = await client.PutAsync(path, content: null);
        response.EnsureSuccessStatusCode();
    }
}
