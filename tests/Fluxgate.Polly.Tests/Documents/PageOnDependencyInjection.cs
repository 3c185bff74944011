using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>The code of docs/dependency-injection.md.</summary>
// Shares the process-wide page with other tests, which shows only the newest circuit of a name.
[Collection("page of the process")]
public sealed class PageOnDependencyInjection : IDisposable
{
    private readonly DirectoryInfo _content = Directory.CreateTempSubdirectory("documented-application");

    public void Dispose() => _content.Delete(recursive: true);

    [Fact]
    public async Task An_application_has_named_breakers_health_and_metrics()
    {
        // The configuration that the page prints.
        var json = Assert.Single(WalkBlock.In(Repository.Read("docs/dependency-injection.md")), block => block.Language == "json");
        File.WriteAllText(Path.Combine(_content.FullName, "appsettings.json"), $"{{\n{string.Join('\n', json.Lines)}\n}}\n");
        string[] args = ["--urls=http://127.0.0.1:0", $"--contentRoot={_content.FullName}"];
        // csharpier-ignore-start
        #region docs/dependency-injection.md: An ASP.NET Core application
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddFluxgate(builder.Configuration.GetSection("Fluxgate"))
            .AddBreaker("payments", settings => settings.ProbeWithoutTraffic = true);   // follows the configuration, so it wins
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
}
