using Fluxgate;
using Polly.Timeout;

namespace PaymentsApi;

/// <summary>The error of a call to an upstream.</summary>
internal sealed record UpstreamError(
    string Upstream,
    string Outcome,
    int Status,
    string Reason,
    string? State = null,
    TimeSpan? RetryAfter = null
)
{
    /// <summary>Returns the error for an exception of the client, or <see langword="null"/> for any other exception.</summary>
    public static UpstreamError? From(Exception exception, string upstream) =>
        exception switch
        {
            CallNotPermittedException rejected => new(
                rejected.CircuitName,
                Outcomes.Rejected,
                StatusCodes.Status503ServiceUnavailable,
                rejected.Reason.Text,
                rejected.State.ToLabel(),
                rejected.RetryAfter
            ),
            TimeoutRejectedException => new(upstream, Outcomes.Failed, StatusCodes.Status504GatewayTimeout, "no response in time"),
            HttpRequestException { StatusCode: { } status } => new(
                upstream,
                Outcomes.Failed,
                StatusCodes.Status502BadGateway,
                $"responded with {(int)status}"
            ),
            HttpRequestException => new(upstream, Outcomes.Failed, StatusCodes.Status502BadGateway, "connection lost"),
            _ => null,
        };
}
