using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace Fluxgate;

/// <summary>Checks that both servers of prometheus-net show an outage of a breaker as the Fluxgate page does.</summary>
public sealed class PrometheusNetServers
{
    // Only prevents hanging.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task MapMetrics_of_an_application_shows_an_outage()
    {
        // As in most applications: all defaults, also the process-wide registry.
        var world = new World(Settings(new PrometheusNetListener()), "payments behind MapMetrics");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.MapMetrics();
        await app.StartAsync();

        await ShowsAnOutageAsync(new($"{app.Urls.Single()}/metrics"), world);
    }

    [Fact]
    public async Task MapMetrics_shows_a_given_registry()
    {
        var registry = Metrics.NewCustomRegistry();
        var world = new World(Settings(new PrometheusNetListener(PrometheusNetMetrics.In(registry))), "payments");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.MapMetrics("/internal/metrics", registry);
        await app.StartAsync();

        await ShowsAnOutageAsync(new($"{app.Urls.Single()}/internal/metrics"), world);
    }

    [Fact]
    public async Task A_MetricServer_shows_an_outage()
    {
        var registry = Metrics.NewCustomRegistry();
        var world = new World(Settings(new PrometheusNetListener(PrometheusNetMetrics.In(registry))), "payments");
        var (server, port) = StartOnFreePort(registry);
        using (server)
        {
            await ShowsAnOutageAsync(new($"http://127.0.0.1:{port}/metrics"), world);
        }
    }

    private static FluxgateBreakerSettings Settings(PrometheusNetListener listener) =>
        new()
        {
            Tripper = Tripper.FailureStreak(3),
            Permit = Permit.All,
            Recovery = Recovery.AfterProbes(2),
            Listeners = { listener },
        };

    private static async Task ShowsAnOutageAsync(Uri address, World world)
    {
        using var client = new HttpClient { Timeout = Deadline };
        var circuit = world.Breaker.Name;
        string Series(string name) => $"{name}{{circuit_name=\"{circuit}\"}}";

        // At first the state is shown, and the four transitions at 0.
        var page = await ScrapeAsync();
        Assert.Equal(["closed"], page.CurrentStates(circuit));
        Assert.Equal((0, 0), (page.Transitions(circuit, "closed", "open"), page.Transitions(circuit, "open", "half_open")));
        Assert.Equal((0, 0), (page.Transitions(circuit, "half_open", "open"), page.Transitions(circuit, "half_open", "closed")));
        Assert.Equal(0, page[Series("circuit_breaker_requests_total")]);
        Assert.Contains(
            "# HELP circuit_breaker_state Whether the circuit is in the state (1) or not (0).\n# TYPE circuit_breaker_state gauge\n",
            page.Text,
            StringComparison.Ordinal
        );
        Assert.Matches(
            "# HELP circuit_breaker_state_transition_total [^\n]+\n# TYPE circuit_breaker_state_transition_total counter\n",
            page.Text
        );

        world.Succeed();
        world.Fail(3);
        world.Rejects(2);
        page = await ScrapeAsync();
        Assert.Equal(["open"], page.CurrentStates(circuit));
        Assert.Equal(1, page.Transitions(circuit, "closed", "open"));
        Assert.Equal((4, 3), (page[Series("circuit_breaker_requests_total")], page[Series("circuit_breaker_failures_total")]));
        Assert.Equal(2, page[$"circuit_breaker_rejected_total{{circuit_name=\"{circuit}\",state=\"open\"}}"]);

        world.Wait(60);
        world.Succeed();
        Assert.Equal(["half_open"], (await ScrapeAsync()).CurrentStates(circuit));

        world.Succeed();
        page = await ScrapeAsync();
        Assert.Equal(["closed"], page.CurrentStates(circuit));
        Assert.Equal((1, 1), (page.Transitions(circuit, "open", "half_open"), page.Transitions(circuit, "half_open", "closed")));
        Assert.Equal(2, page[$"circuit_breaker_request_duration_seconds_count{{circuit_name=\"{circuit}\",state=\"half_open\"}}"]);

        world.Breaker.Dispose();
        Assert.DoesNotContain(circuit, (await ScrapeAsync()).Circuits);

        async Task<Page> ScrapeAsync()
        {
            using var response = await client.GetAsync(address);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
            return Page.Parse(await response.Content.ReadAsByteArrayAsync());
        }
    }

    /// <summary>Starts a server on loopback, below the ephemeral ports; this server cannot choose a free port itself.</summary>
    private static (MetricServer Server, int Port) StartOnFreePort(CollectorRegistry registry)
    {
        for (var port = 20_000 + (Environment.ProcessId % 10_000); ; port++)
        {
            var server = new MetricServer("127.0.0.1", port, registry: registry);
            try
            {
                server.Start();
                return (server, port);
            }
            catch (HttpListenerException)
            {
                // This port is in use; the server that could not start needs no disposal.
            }
        }
    }
}
