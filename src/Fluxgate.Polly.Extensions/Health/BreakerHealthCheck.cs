using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>Checks the health of one breaker.</summary>
internal sealed class BreakerHealthCheck(FluxgateBreakers breakers, string name) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var breaker = breakers[name];
        var health = BreakerHealth.Of(
            breaker,
            breakers.GetConfigurationError(name),
            breakers.GetRetainedConfiguration(name),
            context.Registration.FailureStatus
        );
        return Task.FromResult(new HealthCheckResult(health.Status, health.Description, data: health.Data));
    }
}
