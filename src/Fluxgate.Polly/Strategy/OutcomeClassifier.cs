using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>Gives the verdict on an outcome (rule 7): ignored is asked first, then failure; the rest is success.</summary>
internal sealed class OutcomeClassifier<TResult>(FluxgateBreakerOptions<TResult> options)
{
    /// <summary>Null where the default applies, which <see cref="HttpTracker"/> defines for every result type.</summary>
    private readonly Tracker<TResult>? _tracker = options.Tracker;
    private readonly Func<CircuitBreakerPredicateArguments<TResult>, ValueTask<bool>>? _shouldHandle = options.ShouldHandle;
    private readonly Func<CircuitBreakerPredicateArguments<TResult>, ValueTask<bool>>? _shouldIgnore = options.ShouldIgnore;

    private readonly Func<Outcome<TResult>, TimeSpan?>? _hint = options.BreakDurationHint;
    private readonly long _shortestBreak = options.MinBreakDurationHint.Ticks;
    private readonly long _longestBreak = options.MaxBreakDurationHint.Ticks;

    /// <summary>Whether no predicate of the user reads results, so that a result of another type need not be boxed.</summary>
    public bool NeedsNoBox { get; } =
        options is { ShouldHandle: null, ShouldIgnore: null } && options.Tracker is null or { IsExceptionsOnly: true };

    /// <summary>Whether the verdict can be given without a predicate that may have to be awaited.</summary>
    public bool IsSynchronous { get; } = options is { ShouldHandle: null, ShouldIgnore: null };

    /// <summary>Whether failures are asked how long to break.</summary>
    public bool HasHint => _hint is not null;

    /// <summary>How long to break if this failure opens the circuit, in ticks of 100 ns; 0 for what is configured.</summary>
    public long BreakTicks(in Outcome<TResult> failure) =>
        _hint!(failure) is { Ticks: > 0 } hint ? Math.Clamp(hint.Ticks, _shortestBreak, _longestBreak) : 0;

    public Verdict VerdictOn(in Outcome<TResult> outcome, ResilienceContext context) =>
        outcome.Exception is null && _tracker is not null && _tracker.Matches(outcome)
            ? Verdict.Failure
            : VerdictWithoutBox(outcome, context);

    /// <summary>Returns the verdict on an outcome of any type where <see cref="NeedsNoBox"/>.</summary>
    public Verdict VerdictWithoutBox<T>(in Outcome<T> outcome, ResilienceContext context) =>
        outcome.Exception is { } exception ? VerdictOn(exception, context)
        : _tracker is null && HttpTracker.IsFailedResponse(outcome.Result) ? Verdict.Failure
        : Verdict.Success;

    public async ValueTask<Verdict> VerdictOnAsync(Outcome<TResult> outcome, ResilienceContext context)
    {
        if (outcome.Exception is { } exception && IsCancellation(exception, context))
        {
            return Verdict.Ignored;
        }

        var arguments = new CircuitBreakerPredicateArguments<TResult>(context, outcome);
        if (_shouldIgnore is not null && await _shouldIgnore(arguments).ConfigureAwait(context.ContinueOnCapturedContext))
        {
            return Verdict.Ignored;
        }

        if (_shouldHandle is null)
        {
            return VerdictOn(outcome, context);
        }

        return await _shouldHandle(arguments).ConfigureAwait(context.ContinueOnCapturedContext) ? Verdict.Failure : Verdict.Success;
    }

    private Verdict VerdictOn(Exception exception, ResilienceContext context) =>
        IsCancellation(exception, context) ? Verdict.Ignored
        : (_tracker is null ? HttpTracker.IsFailure(exception) : _tracker.Matches(exception)) ? Verdict.Failure
        : Verdict.Success;

    // The caller gave up. Without its token cancelled it is an inner timeout, and a failure.
    private static bool IsCancellation(Exception exception, ResilienceContext context) =>
        exception is OperationCanceledException && context.CancellationToken.IsCancellationRequested;
}
