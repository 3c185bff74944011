using Polly;

namespace Fluxgate;

/// <summary>How long to stay away from an HTTP dependency.</summary>
public static class HttpBreak
{
    /// <summary>
    /// The response's <c>Retry-After</c> (RFC 9110, 10.2.3), for <see cref="FluxgateBreakerOptions{TResult}.BreakDurationHint"/>: its seconds,
    /// or the time from the response's <c>Date</c> (without one, from now) to its date. <see langword="null"/> where there is none.
    /// </summary>
    public static Func<Outcome<HttpResponseMessage>, TimeSpan?> RetryAfter { get; } = RetryAfterBy(TimeProvider.System);

    /// <summary>As <see cref="RetryAfter"/>, by another clock.</summary>
    /// <param name="timeProvider">The clock that dates are compared with where the response has no <c>Date</c>.</param>
    /// <returns>The hint.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="timeProvider"/> is <see langword="null"/>.</exception>
    public static Func<Outcome<HttpResponseMessage>, TimeSpan?> RetryAfterBy(TimeProvider timeProvider)
    {
        Require.NotNull(timeProvider);
        return outcome =>
            outcome.Result?.Headers is not { RetryAfter: { } retryAfter } headers
                ? null
                : retryAfter.Delta ?? (retryAfter.Date - (headers.Date ?? timeProvider.GetUtcNow()));
    }
}
