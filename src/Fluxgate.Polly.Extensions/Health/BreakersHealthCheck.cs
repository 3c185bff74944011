using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>Checks the health of all breakers and groups that are created. The status is the worst of them.</summary>
internal sealed class BreakersHealthCheck(FluxgateBreakers breakers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        var worst = HealthStatus.Healthy;
        List<string> descriptions = [];
        var whenOpen = context.Registration.FailureStatus;
        var groups = breakers.Groups;
        var all = breakers
            .Select(breaker => (breaker.Name, CircuitHealth.Of(breakers, breaker, whenOpen)))
            .Concat(groups.Select(group => (group.Name, CircuitHealth.Of(breakers, group, whenOpen, GroupHealth.DegradedFrom))));
        foreach (var (name, health) in all)
        {
            data[name] = health.Data;
            worst = health.Status < worst ? health.Status : worst;
            if (health.IsNotable)
            {
                descriptions.Add(health.Description);
            }
        }

        var count = $"{RuleText.Number(data.Count)} breakers{(groups.Count > 0 ? " and groups" : "")}";
        foreach (var (name, problem) in breakers.ConfigurationErrors.Where(error => !data.ContainsKey(error.Key)))
        {
            data[name] = new Dictionary<string, object>(StringComparer.Ordinal) { ["configuration_error"] = problem };
        }

        var description =
            descriptions.Count == 0
                ? $"{count} admit all calls"
                : $"{RuleText.Number(descriptions.Count)} of {count} restrict calls: {string.Join("; ", descriptions)}";
        return Task.FromResult(new HealthCheckResult(worst, description, data: data));
    }
}
