using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace Fluxgate;

/// <summary>The two ways in which prometheus-net serves a registry over HTTP: both show an outage of a breaker as our own page does.</summary>
public sealed class ServedByPrometheusNet
{
    // Against hanging only.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task MapMetrics_of_an_application_shows_an_outage()
    {
        // As most applications have it: all by default, also the registry, which is that of the process.
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
    public async Task MapMetrics_shows_the_registry_that_it_is_given()
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
        var (server, port) = StartedOnAPortOfItsOwn(registry);
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

        // Before anything has happened: the state, and the four transitions at 0.
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

    /// <summary>On loopback, below the ports that the system deals out; this server cannot be asked for any free one.</summary>
    private static (MetricServer Server, int Port) StartedOnAPortOfItsOwn(CollectorRegistry registry)
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
                // Somebody has this one; the server that could not start holds nothing.
            }
        }
    }
}
