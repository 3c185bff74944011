using System.ComponentModel;
using Polly;
using Polly.CircuitBreaker;
using Polly.Fallback;
using Polly.Hedging;
using Polly.Retry;

namespace Fluxgate;

/// <summary>Which outcomes are failures, for pipelines of one result type; see <see cref="Tracker"/>, which makes them.</summary>
/// <typeparam name="TResult">The result type of the pipeline.</typeparam>
/// <remarks>
/// Immutable, and thread-safe as far as the predicates in it are. It speaks of exceptions, of results, or of both, and <c>!</c> complements within that only: the opposite of "results of 500 and above" is
/// "results below 500", and no exception. <c>&amp;</c> speaks of what both sides speak of. Converts to the <c>ShouldHandle</c> predicates of
/// Polly's strategies, as <see cref="PredicateBuilder{TResult}"/> does.
/// </remarks>
public sealed class Tracker<TResult>
{
    private readonly Func<Exception, bool>? _exceptions;
    private readonly Func<TResult, bool>? _results;
    private readonly int _depth;

    internal Tracker(Func<Exception, bool>? exceptions, Func<TResult, bool>? results, int depth = 1)
    {
        if (exceptions is null && results is null)
        {
            throw new ArgumentException(
                "A tracker of exceptions & a tracker of results can never match: no outcome is both. Join them with |."
            );
        }

        _exceptions = exceptions;
        _results = results;
        _depth = Require.Depth(depth, "tracker");
    }

    /// <summary>Whether it says nothing of results, so that no result needs to be looked at.</summary>
    internal bool IsExceptionsOnly => _results is null;

    /// <summary>An exception tracker fits every result type.</summary>
    /// <param name="tracker">The exception tracker.</param>
    public static implicit operator Tracker<TResult>(Tracker tracker) => Require.NotNull(tracker).For<TResult>();

    /// <summary>Both trackers.</summary>
    /// <param name="left">One tracker.</param>
    /// <param name="right">The other tracker.</param>
    /// <returns>A tracker of the outcomes that both track.</returns>
    /// <exception cref="ArgumentException">One speaks of exceptions only, the other of results only: no outcome is both.</exception>
    public static Tracker<TResult> operator &(Tracker<TResult> left, Tracker<TResult> right)
    {
        Require.NotNull(left);
        Require.NotNull(right);
        return new(Both(left._exceptions, right._exceptions), Both(left._results, right._results), Math.Max(left._depth, right._depth) + 1);

        static Func<T, bool>? Both<T>(Func<T, bool>? first, Func<T, bool>? second) =>
            first is null || second is null ? null : value => first(value) && second(value);
    }

    /// <summary>Either tracker.</summary>
    /// <param name="left">One tracker.</param>
    /// <param name="right">The other tracker.</param>
    /// <returns>A tracker of the outcomes that at least one of the two tracks.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or the result would be nested more than 500 deep.</exception>
    public static Tracker<TResult> operator |(Tracker<TResult> left, Tracker<TResult> right)
    {
        Require.NotNull(left);
        Require.NotNull(right);
        return new(
            Either(left._exceptions, right._exceptions),
            Either(left._results, right._results),
            Math.Max(left._depth, right._depth) + 1
        );

        static Func<T, bool>? Either<T>(Func<T, bool>? first, Func<T, bool>? second) =>
            first is null ? second
            : second is null ? first
            : value => first(value) || second(value);
    }

    /// <summary>The other outcomes among those that it speaks of.</summary>
    /// <param name="tracker">The tracker to turn round.</param>
    /// <returns>The complement.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or the result would be nested more than 500 deep.</exception>
    public static Tracker<TResult> operator !(Tracker<TResult> tracker)
    {
        Require.NotNull(tracker);
        return new(Not(tracker._exceptions), Not(tracker._results), tracker._depth + 1);

        static Func<T, bool>? Not<T>(Func<T, bool>? predicate) => predicate is null ? null : value => !predicate(value);
    }

    /// <summary>For the <c>ShouldHandle</c> of Polly's retry.</summary>
    /// <param name="tracker">The tracker.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static implicit operator Func<RetryPredicateArguments<TResult>, ValueTask<bool>>(Tracker<TResult> tracker)
    {
        Require.NotNull(tracker);
        return args => new(tracker.Matches(args.Outcome));
    }

    /// <summary>For the <c>ShouldHandle</c> of Polly's fallback.</summary>
    /// <param name="tracker">The tracker.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static implicit operator Func<FallbackPredicateArguments<TResult>, ValueTask<bool>>(Tracker<TResult> tracker)
    {
        Require.NotNull(tracker);
        return args => new(tracker.Matches(args.Outcome));
    }

    /// <summary>For the <c>ShouldHandle</c> of Polly's hedging.</summary>
    /// <param name="tracker">The tracker.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static implicit operator Func<HedgingPredicateArguments<TResult>, ValueTask<bool>>(Tracker<TResult> tracker)
    {
        Require.NotNull(tracker);
        return args => new(tracker.Matches(args.Outcome));
    }

    /// <summary>For the <c>ShouldHandle</c> of Polly's circuit breaker, and for our <c>ShouldIgnore</c>.</summary>
    /// <param name="tracker">The tracker.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static implicit operator Func<CircuitBreakerPredicateArguments<TResult>, ValueTask<bool>>(Tracker<TResult> tracker)
    {
        Require.NotNull(tracker);
        return args => new(tracker.Matches(args.Outcome));
    }

    /// <summary>Whether an outcome is a failure.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <returns><see langword="true"/> when it is tracked.</returns>
    public bool Matches(Outcome<TResult> outcome) =>
        outcome.Exception is { } exception ? Matches(exception) : _results is not null && _results(outcome.Result!);

    internal bool Matches(Exception exception) => _exceptions is not null && _exceptions(exception);
}
