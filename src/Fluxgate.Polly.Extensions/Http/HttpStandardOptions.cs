namespace Fluxgate;

/// <summary>The numbers of the ready-made HTTP pipeline; see <c>AddFluxgateStandard</c>. Names and defaults are those of Microsoft's standard resilience handler.</summary>
/// <remarks>Not thread-safe; read when it is given to the pipeline.</remarks>
public sealed class HttpStandardOptions
{
    // What Polly's timeout takes.
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    /// <summary>How long a request may take with all its retries and the waits between them.</summary>
    /// <value>
    /// From 10 ms to 24 h; 30 s unless set. <see cref="HttpClient.Timeout"/> (100 s) lies outside of it and has to be longer: a request
    /// that it ends looks to the breaker like a caller who gave up, and is ignored.
    /// </value>
    public TimeSpan TotalRequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one attempt may take, until its headers have arrived.</summary>
    /// <value>
    /// From 10 ms, and less than <see cref="TotalRequestTimeout"/>; 10 s unless set. What the total timeout ends is not held against the
    /// server, so with equal ones a server that hangs would never open the circuit.
    /// </value>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many attempts follow a first one that failed.</summary>
    /// <value>At least 0, which means none; 3 unless set.</value>
    public int MaxRetryAttempts { get; set; } = 3;

    /// <summary>The wait before the first retry. It doubles with every further one, with jitter; a <c>Retry-After</c> of the server comes before it.</summary>
    /// <value>From zero to 24 h; 2 s unless set.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether to retry <c>POST</c>, <c>PATCH</c>, <c>CONNECT</c> and methods of one's own too. A request that failed may have been carried
    /// out, so this is right only where the server takes the same request twice without harm, by an idempotency key for example.
    /// </summary>
    /// <value>
    /// <see langword="false"/> unless set: only the methods that RFC 9110 (9.2.2) calls idempotent are retried, <c>GET</c>, <c>HEAD</c>,
    /// <c>OPTIONS</c>, <c>TRACE</c>, <c>PUT</c> and <c>DELETE</c>, and nothing where the pipeline cannot see the method. Microsoft's
    /// standard handler retries every method unless told not to.
    /// </value>
    public bool RetryEveryMethod { get; set; }

    /// <summary>Which outcomes are failures: for the retry, and for the breaker.</summary>
    /// <value><see cref="HttpTracker.TransientErrors"/> unless set.</value>
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
