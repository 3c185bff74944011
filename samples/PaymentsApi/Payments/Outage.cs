using Fluxgate;
using Polly.Timeout;

namespace PaymentsApi;

/// <summary>Why an upstream could not be had, read from what the client threw.</summary>
internal sealed record Outage(string Upstream, string Outcome, int Status, string Reason, string? State = null, TimeSpan? RetryAfter = null)
{
    /// <summary>The outage behind an exception; <see langword="null"/> where there is none, but a mistake of ours or a caller who left.</summary>
    public static Outage? Behind(Exception error, string upstream) =>
        error switch
        {
            CallNotPermittedException rejected => new(
                rejected.CircuitName,
                Outcomes.Rejected,
                StatusCodes.Status503ServiceUnavailable,
                rejected.Reason.Text,
                rejected.State.ToLabel(),
                rejected.RetryAfter
            ),
            TimeoutRejectedException => new(upstream, Outcomes.Failed, StatusCodes.Status504GatewayTimeout, "no answer in time"),
            HttpRequestException { StatusCode: { } status } => new(
                upstream,
                Outcomes.Failed,
                StatusCodes.Status502BadGateway,
                $"answered {(int)status}"
            ),
            HttpRequestException => new(upstream, Outcomes.Failed, StatusCodes.Status502BadGateway, "connection lost"),
            _ => null,
        };
}
