using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>Checks the health of one group.</summary>
internal sealed class GroupHealthCheck(FluxgateBreakers breakers, string name, double degradedFrom) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(CircuitHealth.Of(breakers, breakers.GetGroup(name), context.Registration.FailureStatus, degradedFrom).ToResult());
}
