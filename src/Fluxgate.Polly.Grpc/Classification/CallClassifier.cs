using Grpc.Core;

namespace Fluxgate;

/// <summary>
/// Classifies the results of calls (rule 7): first ignored, then abandoned, then failure; all others are successes. When a predicate throws, the
/// error is reported and the call is ignored.
/// </summary>
internal sealed class CallClassifier(FluxgateInterceptorOptions options)
{
    /// <summary>In place of a verdict: the caller abandoned the call.</summary>
    public const Verdict Abandoned = (Verdict)(-1);

    /// <summary>Returns the verdict, or <see cref="Abandoned"/>.</summary>
    /// <param name="result">The result.</param>
    /// <param name="isAnswer">Whether the status came from the server.</param>
    /// <param name="breaker">The breaker that admitted the call.</param>
    public Verdict Classify(in GrpcCallResult result, bool isAnswer, FluxgateBreaker breaker)
    {
        try
        {
            return options.ShouldIgnore?.Invoke(result) == true || IsOwnRejection(result.Status.DebugException, breaker) ? Verdict.Ignored
                : result.IsAbandoned ? Abandoned
                : options.ShouldHandle is { } shouldHandle ? (shouldHandle(result) ? Verdict.Failure : Verdict.Success)
                : options.FailureStatusCodes.Contains(result.Status.StatusCode) ? Verdict.Failure
                : result.Status.StatusCode != StatusCode.Cancelled || isAnswer ? Verdict.Success
                // Neither the caller nor the server canceled it: the stream was reset, an inner timeout ended it, or the channel was disposed.
                : result.Status.DebugException is null ? Abandoned
                : Verdict.Failure;
        }
        catch (Exception error)
        {
            breaker.ReportUserError(UserErrorSource.Predicate, error);
            return Verdict.Ignored;
        }
    }

    /// <summary>Returns how long to break if this failure opens the circuit; <see langword="null"/> for the configured duration.</summary>
    public TimeSpan? BreakFor(in GrpcCallResult failure, FluxgateBreaker breaker)
    {
        try
        {
            return options.BreakDurationHint?.Invoke(failure) is { Ticks: > 0 } hint
                ? TimeSpan.FromTicks(Math.Clamp(hint.Ticks, options.MinBreakDurationHint.Ticks, options.MaxBreakDurationHint.Ticks))
                : null;
        }
        catch (Exception error)
        {
            breaker.ReportUserError(UserErrorSource.BreakDurationHint, error);
            return null;
        }
    }

    // An inner handler with the same breaker rejected the call: this says nothing about the dependency.
    private static bool IsOwnRejection(Exception? error, FluxgateBreaker breaker)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (
                error is CallNotPermittedException rejection
                && string.Equals(rejection.CircuitName, breaker.Name, StringComparison.Ordinal)
            )
            {
                return true;
            }
        }

        return false;
    }
}
