using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>Checks the health of one breaker.</summary>
internal sealed class BreakerHealthCheck(FluxgateBreakers breakers, string name) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(CircuitHealth.Of(breakers, breakers[name], context.Registration.FailureStatus).ToResult());
}
