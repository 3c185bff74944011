using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>The health of a breaker, from one snapshot.</summary>
internal sealed class BreakerHealth
{
    private BreakerHealth(HealthStatus status, string description, Dictionary<string, object> data)
    {
        Status = status;
        Description = description;
        Data = data;
    }

    public HealthStatus Status { get; }

    public string Description { get; }

    public IReadOnlyDictionary<string, object> Data { get; }

    /// <summary>Reads the health of a breaker.</summary>
    /// <param name="breaker">The breaker.</param>
    /// <param name="error">The errors of its changed configuration, if it is invalid.</param>
    /// <param name="retained">The keys that stay in force although their file is missing or fails to load, if any.</param>
    /// <param name="whenOpen">The status of an open circuit.</param>
    public static BreakerHealth Of(FluxgateBreaker breaker, string? error, string? retained, HealthStatus whenOpen)
    {
        var now = breaker.Snapshot();
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["state"] = now.State.ToLabel(),
            ["reason"] = now.Reason.Text,
            ["since"] = now.EnteredAt,
        };
        if (now.NextProbeAt is { } nextProbe)
        {
            data["next_probe"] = nextProbe;
        }

        if (now.FailureRate is { } failureRate)
        {
            data["failure_rate"] = failureRate;
        }

        if (error is not null)
        {
            data["configuration_error"] = error;
        }

        if (retained is not null)
        {
            data["retained_configuration"] = retained;
        }

        var description = $"{breaker.Name} is {now.State.ToLabel()} ({now.Reason.Text})";
        if (now.NextProbeAt is { } next)
        {
            description += $", next probe {next.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}";
        }

        if (error is not null)
        {
            description += "; the changed configuration is invalid";
        }

        if (retained is not null)
        {
            description += "; a configuration file is missing or fails to load";
        }

        return new(StatusOf(now, whenOpen), description, data);
    }

    private static HealthStatus StatusOf(BreakerSnapshot now, HealthStatus whenOpen) =>
        now.State switch
        {
            // An open circuit whose break is over, and a half-open one, need calls to close. A load balancer that removes the instance as
            // unhealthy would keep them away.
            BreakerState.Open when now is { NextProbeAt: not null, RetryAfter: null } => AtWorstDegraded(whenOpen),
            BreakerState.HalfOpen => AtWorstDegraded(whenOpen),
            BreakerState.Open or BreakerState.ForcedOpen => whenOpen,
            _ => HealthStatus.Healthy,
        };

    private static HealthStatus AtWorstDegraded(HealthStatus status) => status < HealthStatus.Degraded ? HealthStatus.Degraded : status;
}
