namespace Fluxgate;

/// <summary>The options of the standard HTTP pipeline, <c>AddFluxgateStandard</c>. Names and defaults are those of Microsoft's standard resilience handler.</summary>
/// <remarks>Not thread-safe. The options are read when the pipeline is built.</remarks>
public sealed class HttpStandardOptions
{
    // The range of Polly's timeout.
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    /// <summary>Gets or sets the timeout of a request with all its retries and the delays between them.</summary>
    /// <value>
    /// From 10 ms to 24 h. The default is 30 s. <see cref="HttpClient.Timeout"/> (100 s by default) must be longer: to the breaker, a
    /// request that it cancels looks like one that the caller cancelled.
    /// </value>
    public TimeSpan TotalRequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the timeout of one attempt, until the headers of the response have arrived.</summary>
    /// <value>
    /// At least 10 ms and less than <see cref="TotalRequestTimeout"/>. The default is 10 s. An attempt that the total timeout cancels is no
    /// failure of the server, so with equal timeouts a server that hangs would never open the circuit.
    /// </value>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the maximum number of retries.</summary>
    /// <value>At least 0, which means no retries. The default is 3.</value>
    public int MaxRetryAttempts { get; set; } = 3;

    /// <summary>Gets or sets the delay before the first retry. It doubles with every further retry and has jitter. A <c>Retry-After</c> of the server takes precedence.</summary>
    /// <value>From zero to 24 h. The default is 2 s.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Gets or sets whether requests that are not idempotent are retried: <c>POST</c>, <c>PATCH</c>, <c>CONNECT</c> and custom methods. The
    /// server may have processed a request that failed, so set this only if it accepts the same request twice, for example with an
    /// idempotency key.
    /// </summary>
    /// <value>
    /// The default is <see langword="false"/>: only the idempotent methods of RFC 9110 (9.2.2) are retried, which are <c>GET</c>, <c>HEAD</c>,
    /// <c>OPTIONS</c>, <c>TRACE</c>, <c>PUT</c> and <c>DELETE</c>. A request whose method is unknown to the pipeline is not retried.
    /// Microsoft's standard handler retries every method by default.
    /// </value>
    public bool RetryEveryMethod { get; set; }

    /// <summary>Gets or sets the tracker that selects the failures for the retry and the breaker.</summary>
    /// <value>The default is <see cref="HttpTracker.TransientErrors"/>.</value>
    public Tracker<HttpResponseMessage> Tracker { get; set; } = HttpTracker.TransientErrors;

    internal void Validate()
    {
        InRange(TotalRequestTimeout, ShortestTimeout, nameof(TotalRequestTimeout));
        InRange(AttemptTimeout, ShortestTimeout, nameof(AttemptTimeout));
        InRange(RetryDelay, TimeSpan.Zero, nameof(RetryDelay));
        if (AttemptTimeout >= TotalRequestTimeout)
        {
            throw new ArgumentException(
                $"AttemptTimeout must be less than TotalRequestTimeout ({TotalRequestTimeout}), but is {AttemptTimeout}.",
                nameof(AttemptTimeout)
            );
        }

        if (MaxRetryAttempts < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxRetryAttempts),
                MaxRetryAttempts,
                $"MaxRetryAttempts must be at least 0, but is {MaxRetryAttempts}."
            );
        }

        if (Tracker is null)
        {
            throw new ArgumentNullException(nameof(Tracker), "Tracker must not be null.");
        }
    }

    private static void InRange(TimeSpan value, TimeSpan least, string name)
    {
        if (value < least || value > LongestTimeout)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {least} to {LongestTimeout}, but is {value}.");
        }
    }
}
