using System.Net;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>Trackers of failed HTTP calls.</summary>
public static class HttpTracker
{
    /// <summary>
    /// Gets a tracker of the transient errors: the statuses 408 (request timeout), 429 (too many requests), 500 and above, as a response or as
    /// the status of an <see cref="HttpRequestException"/>; an <see cref="HttpRequestException"/> without a status;
    /// <see cref="TimeoutRejectedException"/>; and the exception that <see cref="HttpClient"/> and its handlers throw at their own timeouts
    /// (an <see cref="OperationCanceledException"/> whose inner exception is a <see cref="TimeoutException"/>).
    /// </summary>
    /// <remarks>
    /// The retry of Microsoft.Extensions.Http.Resilience handles the same errors by default, and also any <see cref="HttpRequestException"/> regardless of its status.
    /// </remarks>
    public static Tracker<HttpResponseMessage> TransientErrors { get; } =
        Tracker.TypeOf<HttpRequestException>(IsFailure)
        | Tracker.TypeOf<TimeoutRejectedException>()
        | Tracker.TypeOf<OperationCanceledException>(static canceled => canceled.InnerException is TimeoutException)
        | Tracker.Result<HttpResponseMessage>(IsFailedResponse);

    /// <summary>Returns whether an exception is a failure by default (rule 7): the same status has the same verdict, thrown or returned.</summary>
    internal static bool IsFailure(Exception exception) =>
        exception is not HttpRequestException { StatusCode: { } status } || IsTransient(status);

    /// <summary>Returns whether a result is a failed HTTP response. Boxes nothing.</summary>
    internal static bool IsFailedResponse<TResult>(TResult result) =>
        !typeof(TResult).IsValueType && result is HttpResponseMessage response && IsTransient(response.StatusCode);

    private static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
}
