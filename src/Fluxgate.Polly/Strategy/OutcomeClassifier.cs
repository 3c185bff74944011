using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>
/// Classifies outcomes (rule 7): first ignored, then failure; all others are successes. When a predicate throws, the error is reported and the call is ignored.
/// </summary>
/// <typeparam name="TClassified">The result type of the options: that of the pipeline, or <see cref="object"/> in a pipeline of any result type.</typeparam>
internal sealed class OutcomeClassifier<TClassified>(FluxgateBreakerOptions<TClassified> options)
{
    // Null if the default applies. HttpTracker defines it for every result type.
    private readonly Func<Outcome<TClassified>, bool?>? _tracker = options.Tracker is { } tracker
        ? outcome => tracker.Matches(outcome)
        : null;
    private readonly bool _readsResults = options.Tracker is { IsExceptionsOnly: false };
    private readonly Func<CircuitBreakerPredicateArguments<TClassified>, ValueTask<bool>>? _shouldHandle = options.ShouldHandle;
    private readonly Func<CircuitBreakerPredicateArguments<TClassified>, ValueTask<bool>>? _shouldIgnore = options.ShouldIgnore;
    private readonly Func<Outcome<TClassified>, TimeSpan?>? _hint = options.BreakDurationHint;
    private readonly long _shortestBreak = options.MinBreakDurationHint.Ticks;
    private readonly long _longestBreak = options.MaxBreakDurationHint.Ticks;

    /// <summary>Gets whether no predicate has to be awaited.</summary>
    public bool IsSynchronous { get; } = options is { ShouldHandle: null, ShouldIgnore: null };

    /// <summary>Gets whether the body of a response belongs to its call.</summary>
    public bool CountsBody { get; } = options.CountBody;

    /// <summary>Returns the verdict of the tracker. Boxes a result only if the tracker reads it.</summary>
    /// <returns>The verdict; <see langword="null"/> if the caller abandoned the call.</returns>
    public Verdict? Classify<TResult>(in Outcome<TResult> outcome, ResilienceContext context, Ticket call) =>
        outcome.Exception is { } exception ? Classify(exception, outcome, context, call)
        : _readsResults ? ClassifyByTracker(outcome, call)
        : _tracker is null && HttpTracker.IsFailedResponse(outcome.Result) ? Verdict.Failure
        : Verdict.Success;

    /// <summary>Returns the verdict of the predicates, and of the tracker if there is no <c>ShouldHandle</c>.</summary>
    /// <returns>The verdict; <see langword="null"/> if the caller abandoned the call.</returns>
    public async ValueTask<Verdict?> ClassifyAsync<TResult>(Outcome<TResult> outcome, ResilienceContext context, Ticket call)
    {
        try
        {
            var arguments = new CircuitBreakerPredicateArguments<TClassified>(context, Cast(outcome));
            return _shouldIgnore is not null && await _shouldIgnore(arguments).ConfigureAwait(context.ContinueOnCapturedContext)
                    ? Verdict.Ignored
                : _shouldHandle is null || IsAbandoned(outcome.Exception, context) || IsOwnRejection(outcome.Exception, call)
                    ? Classify(outcome, context, call)
                : await _shouldHandle(arguments).ConfigureAwait(context.ContinueOnCapturedContext) ? Verdict.Failure
                : Verdict.Success;
        }
        catch (Exception error)
        {
            call.UserCode.ReportError(UserErrorSource.Predicate, error);
            return Verdict.Ignored;
        }
    }

    /// <summary>Returns what a failure says about the trip that it may cause.</summary>
    public TripHint HintOf<TResult>(in Outcome<TResult> failure, Ticket call) =>
        _hint is not null && call.UserCode.Call(_hint, Cast(failure), UserErrorSource.BreakDurationHint) is { Ticks: > 0 } hinted
            ? TripHint.Of(TimeSpan.FromTicks(Math.Clamp(hinted.Ticks, _shortestBreak, _longestBreak)))
            : default;

    private Verdict? Classify<TResult>(Exception exception, in Outcome<TResult> outcome, ResilienceContext context, Ticket call) =>
        IsAbandoned(exception, context) ? null
        : IsOwnRejection(exception, call) ? Verdict.Ignored
        : _tracker is not null ? ClassifyByTracker(outcome, call)
        : HttpTracker.IsFailure(exception) ? Verdict.Failure
        : Verdict.Success;

    private Verdict ClassifyByTracker<TResult>(in Outcome<TResult> outcome, Ticket call) =>
        call.UserCode.Call(_tracker!, Cast(outcome), UserErrorSource.Predicate) is not { } isFailure ? Verdict.Ignored
        : isFailure ? Verdict.Failure
        : Verdict.Success;

    // If the token of the caller is not canceled, an inner timeout ended the call, which is a failure.
    private static bool IsAbandoned(Exception? exception, ResilienceContext context) =>
        context.CancellationToken.IsCancellationRequested && IsCancellation(exception);

    // An aggregate is a cancellation only if all of its exceptions are: any other one is a failure.
    private static bool IsCancellation(Exception? exception) =>
        exception is OperationCanceledException
        || (exception is AggregateException { InnerExceptions: { Count: > 0 } inner } && inner.All(IsCancellation));

    // An inner strategy with the same breaker rejected the call: this says nothing about the dependency.
    private static bool IsOwnRejection(Exception? exception, Ticket call) =>
        exception is CallNotPermittedException rejection && rejection.IsBy(call.Phase.Machine);

    private static Outcome<TClassified> Cast<TResult>(in Outcome<TResult> outcome) =>
        outcome.Exception is { } exception
            ? Outcome.FromException<TClassified>(exception)
            : Outcome.FromResult((TClassified)(object?)outcome.Result!);
}
