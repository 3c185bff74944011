using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>The code of docs/health.md.</summary>
public sealed class PageOnHealth
{
    [Fact]
    public async Task Only_the_named_circuit_makes_the_instance_unhealthy()
    {
        var services = new ServiceCollection();
        services.AddLogging();

        #region docs/health.md: Readiness
        services.AddFluxgate().AddBreaker("payments").AddBreaker("recommendations");
        services
            .AddHealthChecks()
            .AddFluxgate(tags: ["live"])
            .AddFluxgateBreaker("payments", failureStatus: HealthStatus.Unhealthy, tags: ["ready"]);
        #endregion

        await using var provider = services.BuildServiceProvider();
        var breakers = provider.GetRequiredService<FluxgateBreakers>();
        var checks = provider.GetRequiredService<HealthCheckService>();

        breakers["recommendations"].Trip();
        Assert.Equal(HealthStatus.Degraded, (await checks.CheckHealthAsync()).Status);

        breakers["payments"].Trip("maintenance");
        var report = await checks.CheckHealthAsync(registration => registration.Tags.Contains("ready"));
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        var entry = Assert.Single(report.Entries).Value;
        Assert.StartsWith("payments is open (maintenance), next probe ", entry.Description, StringComparison.Ordinal);
        Assert.Equal(["next_probe", "reason", "since", "state"], entry.Data.Keys.Order());
    }
}
