using System.Net;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>Which outcomes of HTTP calls are failures.</summary>
public static class HttpTracker
{
    /// <summary>
    /// What a later try may mend: <see cref="HttpRequestException"/>, <see cref="TimeoutRejectedException"/>, what <see cref="HttpClient"/> and
    /// its handlers throw when their own time is up (an <see cref="OperationCanceledException"/> with a <see cref="TimeoutException"/> inside),
    /// and the statuses 408 (request timeout), 429 (too many requests) and 500 and above. The retry of Microsoft.Extensions.Http.Resilience handles
    /// the same by default.
    /// </summary>
    public static Tracker<HttpResponseMessage> TransientErrors { get; } =
        Tracker.TypeOf<HttpRequestException>()
        | Tracker.TypeOf<TimeoutRejectedException>()
        | Tracker.TypeOf<OperationCanceledException>(static canceled => canceled.InnerException is TimeoutException)
        | Tracker.Result<HttpResponseMessage>(static response =>
            response?.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
        );

    /// <summary>What a breaker tracks unless told otherwise where results are answers of a server: those that it fails to give are failures too.</summary>
    internal static Tracker<TResult>? DefaultOf<TResult>() =>
        typeof(TResult) == typeof(HttpResponseMessage) ? (Tracker<TResult>)(object)(Tracker.All | TransientErrors) : null;
}
