using Fluxgate;
using Polly.Retry;
using Polly.Timeout;

namespace Polly;

/// <summary>Provides an extension method that adds the standard pipeline for HTTP.</summary>
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
    /// Adds the strategies that most HTTP clients need, from the outside in: a timeout for all attempts, a retry that honours
    /// <c>Retry-After</c>, the breaker, and a timeout for each attempt.
    /// </summary>
    /// <remarks>
    /// The strategies are those of Microsoft's standard resilience handler without its rate limiter, in its order and under its names
    /// (<c>Standard-TotalRequestTimeout</c>, <c>Standard-Retry</c>, <c>Standard-CircuitBreaker</c>, <c>Standard-AttemptTimeout</c>). The
    /// breaker counts every attempt, and a <c>Retry-After</c> of the server determines the break duration. Rejections are not retried. A response
    /// whose <c>Retry-After</c> is not shorter than the total timeout is not retried either, but returned at once. The response of an attempt
    /// that is retried is disposed.
    /// </remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="breaker">The breaker. It outlives the pipeline.</param>
    /// <param name="configure">Changes the options, or <see langword="null"/> for the defaults of <see cref="HttpStandardOptions"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="breaker"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option is out of range. The message names the option, its value and the allowed range.</exception>
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

        var retryAfter = HttpBreak.RetryAfterBy(breaker.TimeProvider);
        builder.AddTimeout(new TimeoutStrategyOptions { Name = "Standard-TotalRequestTimeout", Timeout = options.TotalRequestTimeout });
        if (options.MaxRetryAttempts > 0)
        {
            builder.AddRetry(Retry(options, retryAfter));
        }

        return builder
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions<HttpResponseMessage>
                {
                    Name = "Standard-CircuitBreaker",
                    Breaker = breaker,
                    Tracker = options.Tracker,
                    BreakDurationHint = retryAfter,
                }
            )
            .AddTimeout(new TimeoutStrategyOptions { Name = "Standard-AttemptTimeout", Timeout = options.AttemptTimeout });
    }

    private static RetryStrategyOptions<HttpResponseMessage> Retry(
        HttpStandardOptions options,
        Func<Outcome<HttpResponseMessage>, TimeSpan?> retryAfter
    )
    {
        var (tracker, retryAll, timeout) = (options.Tracker, options.RetryEveryMethod, options.TotalRequestTimeout);
        return new()
        {
            Name = "Standard-Retry",
            MaxRetryAttempts = options.MaxRetryAttempts,
            Delay = options.RetryDelay,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = arguments =>
                new(
                    (retryAll || IsIdempotent(arguments))
                        && arguments.Outcome.Exception is not CallNotPermittedException
                        && tracker.Matches(arguments.Outcome)
                        && !(retryAfter(arguments.Outcome) >= timeout)
                ),
            DelayGenerator = arguments => new(retryAfter(arguments.Outcome) is { } delay && delay > TimeSpan.Zero ? delay : null),
        };
    }

    private static bool IsIdempotent(RetryPredicateArguments<HttpResponseMessage> arguments) =>
        (
            arguments.Context.Properties.TryGetValue(FluxgateHandler.RequestMessage, out var request)
                ? request
                : arguments.Outcome.Result?.RequestMessage
        )
            is { } sent
        && Idempotent.Contains(sent.Method);
}
