using Microsoft.Extensions.Http.Resilience;

namespace Fluxgate;

/// <summary>
/// The options of the standard resilience handler with a Fluxgate breaker. They are those of <see cref="HttpStandardResilienceOptions"/> without the
/// circuit breaker, whose rules are the settings of the breaker. The same configuration keys bind to them.
/// </summary>
/// <remarks>
/// Not thread-safe. The strategies, from the outside in: rate limiter, total timeout, retry, breaker, attempt timeout. The instance of a handler has the
/// name of its pipeline: <c>services.Configure&lt;FluxgateStandardResilienceOptions>(builder.PipelineName, …)</c> changes it.
/// </remarks>
public sealed class FluxgateStandardResilienceOptions
{
    /// <summary>Gets or sets the options of the rate limiter, which bounds the number of requests in flight.</summary>
    /// <value>The default is 1,000 requests of a pipeline, without a queue.</value>
    public HttpRateLimiterStrategyOptions RateLimiter { get; set; } = new() { Name = "Standard-RateLimiter" };

    /// <summary>Gets or sets the options of the timeout of a request with all its retries and the delays between them.</summary>
    /// <value>The default timeout is 30 s.</value>
    public HttpTimeoutStrategyOptions TotalRequestTimeout { get; set; } = new() { Name = "Standard-TotalRequestTimeout" };

    /// <summary>Gets or sets the options of the retry.</summary>
    /// <value>
    /// The default is 3 retries of transient errors after 2 s, doubled with each attempt, with jitter. A <c>Retry-After</c> of the server takes
    /// precedence. If it is not shorter than what is left of the total timeout, the response is returned at once. Rejected requests, and requests whose
    /// content is a stream, are not retried.
    /// </value>
    public HttpRetryStrategyOptions Retry { get; set; } = new() { Name = "Standard-Retry" };

    /// <summary>Gets or sets the options of the timeout of one attempt, until the headers of the response have arrived.</summary>
    /// <value>The default timeout is 10 s. It must be less than the total timeout, because an attempt that the total timeout ends is not a failure.</value>
    public HttpTimeoutStrategyOptions AttemptTimeout { get; set; } =
        new() { Name = "Standard-AttemptTimeout", Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>
    /// Gets or sets whether requests that are not idempotent are retried: <c>POST</c>, <c>PATCH</c>, <c>CONNECT</c> and custom methods. The
    /// server may have processed a request that failed, so set this only if it accepts the same request twice, for example with an
    /// idempotency key.
    /// </summary>
    /// <value>
    /// The default is <see langword="false"/>: only the idempotent methods of RFC 9110 (9.2.2) are retried, which are <c>GET</c>, <c>HEAD</c>,
    /// <c>OPTIONS</c>, <c>TRACE</c>, <c>PUT</c> and <c>DELETE</c>. Microsoft's standard handler retries every method.
    /// </value>
    public bool RetryEveryMethod { get; set; }

    /// <summary>Gets or sets the tracker that selects the failures for the breaker.</summary>
    /// <value>The default is <see cref="HttpTracker.TransientErrors"/>.</value>
    public Tracker<HttpResponseMessage> Tracker { get; set; } = HttpTracker.TransientErrors;

    /// <summary>
    /// Gets or sets whether the body of a response belongs to the call that the breaker counts, as
    /// <see cref="FluxgateBreakerOptions{TResult}.CountBody"/> describes. The timeouts and the retry end with the headers in either case.
    /// </summary>
    /// <value>The default is <see langword="false"/>: the call settles with the headers of the response.</value>
    public bool CountBody { get; set; }
}
