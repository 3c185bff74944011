using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Retry;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>Builds the pipeline of the standard handler: the strategies of Microsoft's, in its order, with a breaker of the container.</summary>
internal static class StandardPipeline
{
    // The timestamp at which the total timeout ends. It is set anew for every request, because a caller may reuse its context.
    private static readonly ResiliencePropertyKey<long?> Deadline = new("Fluxgate.Deadline");

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

    public static void Build(
        ResiliencePipelineBuilder<HttpResponseMessage> pipeline,
        ResilienceHandlerContext context,
        FluxgateStandardResilienceOptions options,
        Circuit circuit
    )
    {
        // The breakers of the container use its clock.
        pipeline.TimeProvider ??= context.ServiceProvider.GetService<TimeProvider>();
        var time = pipeline.TimeProvider ?? TimeProvider.System;
        var retryAfter = HttpBreak.CreateRetryAfter(time);

        pipeline
            .AddRateLimiter(options.RateLimiter)
            .AddTimeout(Total(options.TotalRequestTimeout, time))
            .AddRetry(Retry(options, retryAfter, time));
        circuit.AddTo(
            pipeline,
            context,
            new()
            {
                Name = "Standard-CircuitBreaker",
                Tracker = options.Tracker,
                ShouldIgnore = static arguments => new(IsRejected(arguments.Outcome.Exception)),
                BreakDurationHint = retryAfter,
                CountBody = options.CountBody,
            }
        );
        pipeline.AddTimeout(options.AttemptTimeout);
    }

    /// <summary>Returns whether an inner handler rejected the request: such a rejection says nothing about the server.</summary>
    private static bool IsRejected(Exception? error) => error is RateLimiterRejectedException or BrokenCircuitException;

    /// <summary>Returns the total timeout, which notes its end in the context.</summary>
    private static TimeoutStrategyOptions Total(HttpTimeoutStrategyOptions options, TimeProvider time) =>
        new()
        {
            Name = options.Name,
            Timeout = options.Timeout,
            OnTimeout = options.OnTimeout,
            TimeoutGenerator = async arguments =>
            {
                var timeout = options.TimeoutGenerator is { } generator
                    ? await generator(arguments).ConfigureAwait(arguments.Context.ContinueOnCapturedContext)
                    : options.Timeout;
                arguments.Context.Properties.Set(
                    Deadline,
                    timeout > TimeSpan.Zero ? time.GetTimestamp() + (long)(timeout.TotalSeconds * time.TimestampFrequency) : null
                );
                return timeout;
            },
        };

    private static RetryStrategyOptions<HttpResponseMessage> Retry(
        FluxgateStandardResilienceOptions options,
        Func<Outcome<HttpResponseMessage>, TimeSpan?> retryAfter,
        TimeProvider time
    )
    {
        var (retry, everyMethod) = (options.Retry, options.RetryEveryMethod);
        return new()
        {
            Name = retry.Name,
            MaxRetryAttempts = retry.MaxRetryAttempts,
            BackoffType = retry.BackoffType,
            UseJitter = retry.UseJitter,
            Delay = retry.Delay,
            MaxDelay = retry.MaxDelay,
            DelayGenerator = retry.DelayGenerator,
            OnRetry = retry.OnRetry,
            Randomizer = retry.Randomizer,
            ShouldHandle = async arguments =>
                arguments.Outcome.Exception is not CallNotPermittedException
                && await retry.ShouldHandle(arguments).ConfigureAwait(arguments.Context.ContinueOnCapturedContext)
                && IsRepeatable(arguments.Context.GetRequestMessage(), everyMethod)
                && !(retry.ShouldRetryAfterHeader && IsTooLate(arguments, retryAfter(arguments.Outcome), time)),
        };
    }

    private static bool IsRepeatable(HttpRequestMessage? request, bool everyMethod) =>
        request is not null && (everyMethod || Idempotent.Contains(request.Method)) && !IsStream(request.Content);

    /// <summary>Returns whether content is consumed when it is sent: a second attempt would send nothing, or the rest of a stream.</summary>
    private static bool IsStream(HttpContent? content) =>
        content is StreamContent || (content is MultipartContent parts && parts.Any(IsStream));

    private static bool IsTooLate(RetryPredicateArguments<HttpResponseMessage> arguments, TimeSpan? retryAfter, TimeProvider time) =>
        retryAfter is { } delay
        && arguments.Context.Properties.GetValue(Deadline, null) is { } deadline
        && delay >= time.GetElapsedTime(time.GetTimestamp(), deadline);
}
