using Fluxgate;

namespace PaymentsApi;

/// <summary>The state of a breaker in a response.</summary>
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
    string? ConfigurationError
)
{
    public static BreakerView Of(FluxgateBreaker breaker, string? configurationError)
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
            configurationError
        );
    }
}
