using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>The health of all breakers that are made: that of the worst.</summary>
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
                breakers.RefusedConfiguration(breaker.Name),
                breakers.KeptConfiguration(breaker.Name),
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
        foreach (var (name, problem) in breakers.Refused.Where(refused => !data.ContainsKey(refused.Key)))
        {
            data[name] = new Dictionary<string, object>(StringComparer.Ordinal) { ["refused_configuration"] = problem };
        }

        var description =
            descriptions.Count == 0
                ? $"{count} breakers let calls through"
                : $"{RuleText.Number(descriptions.Count)} of {count} breakers hold calls back: {string.Join("; ", descriptions)}";
        return Task.FromResult(new HealthCheckResult(worst, description, data: data));
    }
}
