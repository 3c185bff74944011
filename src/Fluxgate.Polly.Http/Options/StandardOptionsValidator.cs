using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Validates the options when the host starts, and after every change of the configuration. The limits are those of Polly's strategies.</summary>
internal sealed class StandardOptionsValidator : IValidateOptions<FluxgateStandardResilienceOptions>
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, FluxgateStandardResilienceOptions options)
    {
        string[] errors = [.. ErrorsOf(options).OfType<string>().Select(error => $"HTTP pipeline '{name}': {error}")];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string?> ErrorsOf(FluxgateStandardResilienceOptions options)
    {
        yield return Null(options.Tracker, "Tracker");
        yield return Null(options.RateLimiter, "RateLimiter");
        yield return Null(options.TotalRequestTimeout, "TotalRequestTimeout");
        yield return Null(options.Retry, "Retry");
        yield return Null(options.AttemptTimeout, "AttemptTimeout");
        if (options.RateLimiter is { RateLimiter: null } limiter)
        {
            yield return Null(limiter.DefaultRateLimiterOptions, "RateLimiter:DefaultRateLimiterOptions");
            if (limiter.DefaultRateLimiterOptions is { } limits)
            {
                yield return AtLeast(limits.PermitLimit, 1, "RateLimiter:DefaultRateLimiterOptions:PermitLimit");
                yield return AtLeast(limits.QueueLimit, 0, "RateLimiter:DefaultRateLimiterOptions:QueueLimit");
            }
        }

        if (options.Retry is { } retry)
        {
            yield return Null(retry.ShouldHandle, "Retry:ShouldHandle");
            yield return AtLeast(retry.MaxRetryAttempts, 1, "Retry:MaxRetryAttempts");
            yield return InRange(retry.Delay, TimeSpan.Zero, "Retry:Delay");
            yield return InRange(retry.MaxDelay ?? LongestTime, TimeSpan.Zero, "Retry:MaxDelay");
        }

        if (options is { TotalRequestTimeout.Timeout: var total, AttemptTimeout.Timeout: var attempt })
        {
            yield return InRange(total, ShortestTimeout, "TotalRequestTimeout:Timeout");
            yield return InRange(attempt, ShortestTimeout, "AttemptTimeout:Timeout");
            yield return attempt < total
                ? null
                : $"AttemptTimeout:Timeout must be less than TotalRequestTimeout:Timeout ({total}), but is {attempt}.";
        }
    }

    private static string? Null(object? value, string name) => value is null ? $"{name} must not be null." : null;

    private static string? AtLeast(int value, int least, string name) =>
        value < least ? $"{name} must be at least {least}, but is {value}." : null;

    private static string? InRange(TimeSpan value, TimeSpan least, string name) =>
        value < least || value > LongestTime ? $"{name} must be from {least} to {LongestTime}, but is {value}." : null;
}
