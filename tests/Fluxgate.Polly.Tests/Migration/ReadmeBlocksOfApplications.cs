using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Code that the README shows of applications and their metrics.</summary>
// Both show circuits of one name on the page of the process, where only the newest is seen.
[Collection("page of the process")]
public sealed class ReadmeBlocksOfApplications : IDisposable
{
    private readonly DirectoryInfo _content = Directory.CreateTempSubdirectory("readme-application");

    public void Dispose() => _content.Delete(recursive: true);

    [Fact]
    public async Task An_application_has_named_breakers_and_their_pages()
    {
        // The file that the README prints a section of, as it stands.
        var json = Assert.Single(WalkBlock.In(Repository.Read("README.md")), block => block.Language == "json");
        File.WriteAllText(Path.Combine(_content.FullName, "appsettings.json"), $"{{\n{string.Join('\n', json.Lines)}\n}}\n");
        string[] args = ["--urls=http://127.0.0.1:0", $"--contentRoot={_content.FullName}"];
        // csharpier-ignore-start
        #region README.md: In an application
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddFluxgate(builder.Configuration.GetSection("Fluxgate"))
            .AddBreaker("payments", settings => settings.ProbeWithoutTraffic = true);   // comes after the file, and has the last word
        builder.Services.AddFluxgateListener(new PrometheusListener())
            .AddFluxgateListener<LogListener>()
            .AddFluxgateListener("payments", signal => Console.WriteLine(signal));
        builder.Services.AddHealthChecks().AddFluxgate(tags: ["ready"]);

        var app = builder.Build();
        app.MapFluxgateMetrics("/metrics");
        app.MapHealthChecks("/health");
        app.MapGet("/circuits", (FluxgateBreakers breakers) => breakers.Select(breaker => breaker.Snapshot().ToString()));
        #endregion
        // csharpier-ignore-end

        await using (app)
        {
            await app.StartAsync();
            SaysWhatTheFileSays(app.Services);
            app.Services.GetRequiredService<FluxgateBreakers>()["payments"].Trip("the walk");
            using var client = new HttpClient { BaseAddress = new(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(60) };

            Assert.Equal("Degraded", await client.GetStringAsync(new Uri("/health", UriKind.Relative)));
            Assert.Contains(
                "circuit_breaker_state{circuit_name=\"payments\",state=\"open\"} 1",
                await client.GetStringAsync(new Uri("/metrics", UriKind.Relative)),
                StringComparison.Ordinal
            );
            var circuits = await client.GetStringAsync(new Uri("/circuits", UriKind.Relative));
            Assert.Contains("orders: closed", circuits, StringComparison.Ordinal);
            Assert.Contains("payments: open (the walk)", circuits, StringComparison.Ordinal);
        }
    }

    private static void SaysWhatTheFileSays(IServiceProvider services)
    {
        var settings = services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>();
        var (payments, orders) = (settings.Get("payments"), settings.Get("orders"));

        Assert.Equal(["orders", "payments"], services.GetRequiredService<FluxgateBreakers>().Select(breaker => breaker.Name).Order());
        Assert.Equal("FailureStreak(5) | MinRequests(20) & FailureRate(50%)", payments.Tripper.ToString());
        Assert.Equal((TimeSpan.FromSeconds(30), true), (payments.ProbeLease, payments.ProbeWithoutTraffic));
        Assert.Equal("MinRequests(100) & FailureRate(50%)", orders.Tripper.ToString());
        Assert.False(orders.ProbeWithoutTraffic);
        Assert.All(
            [payments, orders],
            breaker =>
            {
                Assert.Equal("Time(1m)", breaker.Window.ToString());
                Assert.Equal("Backoff(10s, x2, max 10m, jitter 10%)", breaker.BreakDuration.ToString());
            }
        );
    }

    [Fact]
    public void Metrics_of_ones_own_stand_beside()
    {
        var orders = new List<string> { "one" };
        // csharpier-ignore-start
        #region README.md: Metrics
        var metrics = new PrometheusMetrics(new MetricCatalogue { ConstantLabels = { ["environment"] = "production" } });
        metrics.Add(MetricFamily.Signals("circuit_breaker_open_total", "How often the circuit opened.", signal => signal.NewState == BreakerState.Open));
        metrics.Add(MetricFamily.Gauge("orders_waiting", "Orders that wait for payment.", () => orders.Count));
        #endregion
        // csharpier-ignore-end
        var world = new World(new() { Listeners = { new PrometheusListener(metrics) } });
        world.Breaker.Trip();
        var page = new System.Buffers.ArrayBufferWriter<byte>();
        metrics.Write(page);
        var text = System.Text.Encoding.UTF8.GetString(page.WrittenSpan);

        Assert.Contains(
            "circuit_breaker_open_total{circuit_name=\"payments\",environment=\"production\"} 1\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("orders_waiting{environment=\"production\"} 1\n", text, StringComparison.Ordinal);
        GC.KeepAlive(world);
    }
}
