using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>What one breaker means for the health of the application, read from one snapshot.</summary>
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

    /// <param name="breaker">The breaker.</param>
    /// <param name="refused">Why its changed configuration is refused, if it is.</param>
    /// <param name="kept">What files that are missing or fail to load said about it before, if anything.</param>
    /// <param name="whenOpen">What an open circuit means.</param>
    public static BreakerHealth Of(FluxgateBreaker breaker, string? refused, string? kept, HealthStatus whenOpen)
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

        if (refused is not null)
        {
            data["refused_configuration"] = refused;
        }

        if (kept is not null)
        {
            data["kept_configuration"] = kept;
        }

        var description = $"{breaker.Name} is {now.State.ToLabel()} ({now.Reason.Text})";
        if (now.NextProbeAt is { } next)
        {
            description += $", next probe {next.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}";
        }

        if (refused is not null)
        {
            description += "; a changed configuration is refused";
        }

        if (kept is not null)
        {
            description += "; a configuration file is missing or fails to load";
        }

        return new(StatusOf(now, whenOpen), description, data);
    }

    private static HealthStatus StatusOf(BreakerSnapshot now, HealthStatus whenOpen) =>
        now.State switch
        {
            // Once its break is over an open circuit waits for a call, and a half-open one lives on calls. A balancer that took the
            // instance out for being unhealthy would see to it that none comes, and the circuit would never close.
            BreakerState.Open when now is { NextProbeAt: not null, RetryAfter: null } => AtWorstDegraded(whenOpen),
            BreakerState.HalfOpen => AtWorstDegraded(whenOpen),
            BreakerState.Open or BreakerState.ForcedOpen => whenOpen,
            _ => HealthStatus.Healthy,
        };

    private static HealthStatus AtWorstDegraded(HealthStatus status) => status < HealthStatus.Degraded ? HealthStatus.Degraded : status;
}
