using Fluxgate;
using Polly.Retry;
using Polly.Timeout;

namespace Polly;

/// <summary>The ready-made pipeline for HTTP.</summary>
public static class FluxgateHttpResiliencePipelineBuilderExtensions
{
    // RFC 9110, 9.2.2.
    private static readonly HashSet<HttpMethod> Idempotent =
    [
        HttpMethod.Get,
        HttpMethod.Head,
        HttpMethod.Options,
        HttpMethod.Trace,
        HttpMethod.Put,
        HttpMethod.Delete,
    ];

    /// <summary>
    /// Adds what most HTTP clients need, from the outside in: a timeout over all attempts, a retry that honours <c>Retry-After</c>, the breaker,
    /// and a timeout for each attempt.
    /// </summary>
    /// <remarks>
    /// The strategies are those of Microsoft's standard resilience handler without its rate limiter, in its order and under its names
    /// (<c>Standard-TotalRequestTimeout</c>, <c>Standard-Retry</c>, <c>Standard-CircuitBreaker</c>, <c>Standard-AttemptTimeout</c>). The
    /// breaker counts every attempt, and a server's <c>Retry-After</c> decides how long it breaks. What it rejects is not retried. Nor is
    /// a response whose <c>Retry-After</c> is longer than the whole request may take: the caller gets it at once. Attempts that a retry
    /// follows have their responses disposed.
    /// </remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="breaker">The breaker; it outlives the pipeline.</param>
    /// <param name="configure">Changes the numbers; the defaults of <see cref="HttpStandardOptions"/> unless given.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="breaker"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option is out of range; the message names it, its value and what is allowed.</exception>
    public static ResiliencePipelineBuilder<HttpResponseMessage> AddFluxgateStandard(
        this ResiliencePipelineBuilder<HttpResponseMessage> builder,
        FluxgateBreaker breaker,
        Action<HttpStandardOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(breaker);
        var options = new HttpStandardOptions();
        configure?.Invoke(options);
        options.Validate();

        var comeAgain = HttpBreak.RetryAfterBy(breaker.TimeProvider);
        builder.AddTimeout(new TimeoutStrategyOptions { Name = "Standard-TotalRequestTimeout", Timeout = options.TotalRequestTimeout });
        if (options.MaxRetryAttempts > 0)
        {
            builder.AddRetry(Retry(options, comeAgain));
        }

        return builder
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions<HttpResponseMessage>
                {
                    Name = "Standard-CircuitBreaker",
                    Breaker = breaker,
                    Tracker = options.Tracker,
                    BreakDurationHint = comeAgain,
                }
            )
            .AddTimeout(new TimeoutStrategyOptions { Name = "Standard-AttemptTimeout", Timeout = options.AttemptTimeout });
    }

    private static RetryStrategyOptions<HttpResponseMessage> Retry(
        HttpStandardOptions options,
        Func<Outcome<HttpResponseMessage>, TimeSpan?> comeAgain
    )
    {
        var (tracker, every, patience) = (options.Tracker, options.RetryEveryMethod, options.TotalRequestTimeout);
        return new()
        {
            Name = "Standard-Retry",
            MaxRetryAttempts = options.MaxRetryAttempts,
            Delay = options.RetryDelay,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = arguments =>
                new(
                    (every || MayRepeat(arguments))
                        && arguments.Outcome.Exception is not CallNotPermittedException
                        && tracker.Matches(arguments.Outcome)
                        && !(comeAgain(arguments.Outcome) >= patience)
                ),
            DelayGenerator = arguments => new(comeAgain(arguments.Outcome) is { } delay && delay > TimeSpan.Zero ? delay : null),
        };
    }

    private static bool MayRepeat(RetryPredicateArguments<HttpResponseMessage> arguments) =>
        (
            arguments.Context.Properties.TryGetValue(FluxgateHandler.RequestMessage, out var request)
                ? request
                : arguments.Outcome.Result?.RequestMessage
        )
            is { } sent
        && Idempotent.Contains(sent.Method);
}
