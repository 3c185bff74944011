using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>Gives the verdict on an outcome (rule 7): ignored is asked first, then failure; the rest is success.</summary>
internal sealed class Judge<TResult>(FluxgateBreakerOptions<TResult> options)
{
    private readonly Tracker<TResult>? _tracker = TrackerOf(options);
    private readonly Func<CircuitBreakerPredicateArguments<TResult>, ValueTask<bool>>? _shouldHandle = options.ShouldHandle;
    private readonly Func<CircuitBreakerPredicateArguments<TResult>, ValueTask<bool>>? _shouldIgnore = options.ShouldIgnore;

    private readonly Func<Outcome<TResult>, TimeSpan?>? _hint = options.BreakDurationHint;
    private readonly long _shortestBreak = options.MinBreakDurationHint.Ticks;
    private readonly long _longestBreak = options.MaxBreakDurationHint.Ticks;

    /// <summary>Whether the verdict depends on the exception alone, so that no result needs to be looked at (or boxed).</summary>
    public bool NeedsExceptionOnly { get; } =
        options is { ShouldHandle: null, ShouldIgnore: null } && TrackerOf(options) is null or { IsExceptionsOnly: true };

    /// <summary>Whether the verdict can be given without a predicate that may have to be awaited.</summary>
    public bool IsSynchronous { get; } = options is { ShouldHandle: null, ShouldIgnore: null };

    /// <summary>Whether failures are asked how long to break.</summary>
    public bool HasHint => _hint is not null;

    /// <summary>How long to break if this failure opens the circuit, in ticks of 100 ns; 0 for what is configured.</summary>
    public long BreakTicks(in Outcome<TResult> failure) =>
        _hint!(failure) is { Ticks: > 0 } hint ? Math.Clamp(hint.Ticks, _shortestBreak, _longestBreak) : 0;

    public Verdict VerdictOn(Exception? exception, ResilienceContext context) =>
        exception is null ? Verdict.Success
        : IsCancellation(exception, context) ? Verdict.Ignored
        : _tracker is null || _tracker.Matches(exception) ? Verdict.Failure
        : Verdict.Success;

    public Verdict VerdictOn(in Outcome<TResult> outcome, ResilienceContext context) =>
        outcome.Exception is { } exception ? VerdictOn(exception, context)
        : _tracker is not null && _tracker.Matches(outcome) ? Verdict.Failure
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

    /// <summary>How outcomes are told apart where the options name no tracker; <see langword="null"/>: every exception is a failure.</summary>
    private static Tracker<TResult>? TrackerOf(FluxgateBreakerOptions<TResult> options) =>
        options.Tracker ?? (options.ShouldHandle is null ? HttpTracker.DefaultOf<TResult>() : null);

    // The caller gave up. Without its token cancelled it is an inner time-out, and a failure.
    private static bool IsCancellation(Exception exception, ResilienceContext context) =>
        exception is OperationCanceledException && context.CancellationToken.IsCancellationRequested;
}
