using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>Reads the health of a breaker, from one snapshot.</summary>
internal static class BreakerHealth
{
    /// <summary>Reads the health of a breaker.</summary>
    /// <param name="breaker">The breaker.</param>
    /// <param name="whenOpen">The status of an open circuit.</param>
    public static CircuitHealth Of(FluxgateBreaker breaker, HealthStatus whenOpen)
    {
        var now = breaker.Snapshot();
        var status = StatusOf(now, whenOpen);
        var description = $"{OneLine.Of(breaker.Name)} is {now.State.ToLabel()} ({now.Reason.Text})";
        if (now.NextProbeAt is { } next)
        {
            description += $", next probe {next.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}";
        }

        return new CircuitHealth(status, description, DataOf(now), isNotable: status != HealthStatus.Healthy);
    }

    /// <summary>Returns the data of one circuit.</summary>
    public static Dictionary<string, object> DataOf(BreakerSnapshot now)
    {
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

        return data;
    }

    /// <summary>Returns whether the break of an open circuit is over, so that the next call is a probe.</summary>
    public static bool IsReadyToProbe(BreakerSnapshot now) => now is { State: BreakerState.Open, NextProbeAt: not null, RetryAfter: null };

    /// <summary>Returns a failure status for circuits that need calls to recover.</summary>
    public static HealthStatus AtWorstDegraded(HealthStatus status) => status < HealthStatus.Degraded ? HealthStatus.Degraded : status;

    private static HealthStatus StatusOf(BreakerSnapshot now, HealthStatus whenOpen) =>
        now.State switch
        {
            // An open circuit whose break is over, and a half-open one, need calls to close. A load balancer that removes the instance as
            // unhealthy would keep them away.
            BreakerState.Open when IsReadyToProbe(now) => AtWorstDegraded(whenOpen),
            BreakerState.HalfOpen => AtWorstDegraded(whenOpen),
            BreakerState.Open or BreakerState.ForcedOpen => whenOpen,
            _ => HealthStatus.Healthy,
        };
}
