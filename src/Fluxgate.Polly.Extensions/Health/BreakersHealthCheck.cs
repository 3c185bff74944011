using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>Checks the health of all breakers that are created. The status is the worst of them.</summary>
internal sealed class BreakersHealthCheck(FluxgateBreakers breakers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        var worst = HealthStatus.Healthy;
        List<string> descriptions = [];
        foreach (var breaker in breakers)
        {
            var health = BreakerHealth.Of(
                breaker,
                breakers.GetConfigurationError(breaker.Name),
                breakers.GetRetainedConfiguration(breaker.Name),
                context.Registration.FailureStatus
            );
            data[breaker.Name] = health.Data;
            worst = health.Status < worst ? health.Status : worst;
            if (health.Status != HealthStatus.Healthy)
            {
                descriptions.Add(health.Description);
            }
        }

        var count = RuleText.Number(data.Count);
        foreach (var (name, problem) in breakers.ConfigurationErrors.Where(error => !data.ContainsKey(error.Key)))
        {
            data[name] = new Dictionary<string, object>(StringComparer.Ordinal) { ["configuration_error"] = problem };
        }

        var description =
            descriptions.Count == 0
                ? $"{count} breakers admit all calls"
                : $"{RuleText.Number(descriptions.Count)} of {count} breakers restrict calls: {string.Join("; ", descriptions)}";
        return Task.FromResult(new HealthCheckResult(worst, description, data: data));
    }
}
