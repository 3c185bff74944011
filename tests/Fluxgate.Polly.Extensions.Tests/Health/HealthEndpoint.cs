using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>Checks the health endpoint of a real server.</summary>
public sealed class HealthEndpoint
{
    [Fact]
    public async Task An_endpoint_reports_the_health_of_breakers()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddFluxgate().AddBreaker("payments").AddBreaker("orders");
        builder
            .Services.AddHealthChecks()
            .AddFluxgate(tags: ["all"])
            .AddFluxgateBreaker("payments", failureStatus: HealthStatus.Unhealthy, tags: ["ready"]);
        await using var app = builder.Build();
        app.MapHealthChecks("/health", new HealthCheckOptions { Predicate = check => check.Tags.Contains("all") });
        app.MapHealthChecks("/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
        await app.StartAsync().WaitAsync(DiContainer.Deadline);
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()), Timeout = DiContainer.Deadline };
        var breakers = app.Services.GetRequiredService<FluxgateBreakers>();
        Assert.Equal(2, breakers.Count());

        await Serves(client, "/health", HttpStatusCode.OK, "Healthy");
        await Serves(client, "/ready", HttpStatusCode.OK, "Healthy");
        breakers["orders"].ForceOpen();
        await Serves(client, "/health", HttpStatusCode.OK, "Degraded");
        await Serves(client, "/ready", HttpStatusCode.OK, "Healthy");
        breakers["payments"].ForceOpen();
        await Serves(client, "/ready", HttpStatusCode.ServiceUnavailable, "Unhealthy");
    }

    private static async Task Serves(HttpClient client, string path, HttpStatusCode status, string text)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal((status, text), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }
}
