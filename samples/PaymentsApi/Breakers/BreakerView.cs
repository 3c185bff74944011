using Fluxgate;

namespace PaymentsApi;

/// <summary>What is shown of a breaker.</summary>
internal sealed record BreakerView(
    string Name,
    string State,
    string Reason,
    DateTimeOffset Since,
    DateTimeOffset? NextProbe,
    string Rule,
    long WindowRequests,
    long WindowFailures,
    long Requests,
    long Failures,
    long Rejected,
    string? RefusedConfiguration
)
{
    public static BreakerView Of(FluxgateBreaker breaker, string? refusedConfiguration)
    {
        var now = breaker.Snapshot();
        return new(
            now.CircuitName,
            now.State.ToLabel(),
            now.Reason.Text,
            now.EnteredAt,
            now.NextProbeAt,
            now.Rule,
            now.WindowRequests,
            now.WindowFailures,
            now.Requests,
            now.Failures,
            now.Rejected,
            refusedConfiguration
        );
    }
}
