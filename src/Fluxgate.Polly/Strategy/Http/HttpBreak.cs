using Polly;

namespace Fluxgate;

/// <summary>Break duration hints for HTTP calls.</summary>
public static class HttpBreak
{
    /// <summary>
    /// Gets a hint for <see cref="FluxgateBreakerOptions{TResult}.BreakDurationHint"/> that reads the <c>Retry-After</c> header of the response
    /// (RFC 9110, 10.2.3). It returns the number of seconds in the header, or the time from the response's <c>Date</c> to the date in the
    /// header. Without a <c>Date</c>, the time counts from now. Without the header, it returns <see langword="null"/>. Thread-safe.
    /// </summary>
    public static Func<Outcome<HttpResponseMessage>, TimeSpan?> RetryAfter { get; } = CreateRetryAfter(TimeProvider.System);

    /// <summary>Creates a hint like <see cref="RetryAfter"/> that uses another clock.</summary>
    /// <param name="timeProvider">The clock to compare dates with if the response has no <c>Date</c>.</param>
    /// <returns>The hint.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="timeProvider"/> is <see langword="null"/>.</exception>
    public static Func<Outcome<HttpResponseMessage>, TimeSpan?> CreateRetryAfter(TimeProvider timeProvider)
    {
        Require.NotNull(timeProvider);
        return outcome =>
            outcome.Result?.Headers is not { RetryAfter: { } retryAfter } headers
                ? null
                : retryAfter.Delta ?? (retryAfter.Date - (headers.Date ?? timeProvider.GetUtcNow()));
    }
}
