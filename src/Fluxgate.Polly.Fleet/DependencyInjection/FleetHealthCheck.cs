using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>Checks whether this process exchanges with the store of its fleet. It reads memory only.</summary>
internal sealed class FleetHealthCheck(IFleetView view) : IHealthCheck
{
    private const int MostDirectives = 10;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = view.Status;
        FleetDirective[] directives = [.. view.Directives.Where(directive => !directive.IsTombstone)];
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["fleet"] = view.Fleet,
            ["member"] = view.MemberId,
            ["connected"] = status.IsConnected,
            ["leader"] = status.IsLeader,
            ["circuits"] = status.Circuits,
            ["divergent"] = status.Divergent,
            ["directives"] = directives.TakeLast(MostDirectives).Select(directive => directive.ToString()).ToArray(),
        };
        if (status.LastExchange is { } lastExchange)
        {
            data["last_exchange_seconds"] = lastExchange.TotalSeconds;
        }

        if (!status.IsConnected && status.LastError is { } error)
        {
            data["error"] = error;
        }

        if (view.Summary is { } summary)
        {
            data["members"] = summary.Members;
        }

        var name = OneLine.Of(view.Fleet);
        var description =
            $"{(status.IsConnected ? $"The fleet {name} is connected" : $"The store of the fleet {name} does not work: the circuit breakers decide alone")}; "
            + $"{RuleText.Number(directives.Length)} directives, {RuleText.Number(status.Divergent)} divergent circuits";
        return Task.FromResult(
            new HealthCheckResult(status.IsConnected ? HealthStatus.Healthy : context.Registration.FailureStatus, description, data: data)
        );
    }
}
