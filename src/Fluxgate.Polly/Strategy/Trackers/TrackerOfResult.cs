using System.ComponentModel;
using Polly;
using Polly.CircuitBreaker;
using Polly.Fallback;
using Polly.Hedging;
using Polly.Retry;

namespace Fluxgate;

/// <summary>A predicate that selects the outcomes that are failures in a pipeline of one result type. <see cref="Tracker"/> creates it.</summary>
/// <typeparam name="TResult">The result type of the pipeline.</typeparam>
/// <remarks>
/// Immutable, and thread-safe if its predicates are. A tracker covers exceptions, results, or both. The complement <c>!</c> stays within
/// what the tracker covers: the complement of "results of 500 and above" is "results below 500", and selects no exception. The
/// conjunction <c>&amp;</c> covers what both sides cover. A tracker converts to the <c>ShouldHandle</c> predicates of Polly's strategies,
/// as <see cref="PredicateBuilder{TResult}"/> does.
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

    /// <summary>Gets whether the tracker covers exceptions only, so that no result needs to be read.</summary>
    internal bool IsExceptionsOnly => _results is null;

    /// <summary>Converts a tracker of exceptions to a tracker for one result type.</summary>
    /// <param name="tracker">The exception tracker.</param>
    public static implicit operator Tracker<TResult>(Tracker tracker) => Require.NotNull(tracker).For<TResult>();

    /// <summary>Combines two trackers into one that selects what both select.</summary>
    /// <param name="left">One tracker.</param>
    /// <param name="right">The other tracker.</param>
    /// <returns>A tracker of the outcomes that both select.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, one tracker covers exceptions only and the other results only, or the result would be nested more than 500 deep.</exception>
    public static Tracker<TResult> operator &(Tracker<TResult> left, Tracker<TResult> right)
    {
        Require.NotNull(left);
        Require.NotNull(right);
        return new(Both(left._exceptions, right._exceptions), Both(left._results, right._results), Math.Max(left._depth, right._depth) + 1);

        static Func<T, bool>? Both<T>(Func<T, bool>? first, Func<T, bool>? second) =>
            first is null || second is null ? null : value => first(value) && second(value);
    }

    /// <summary>Combines two trackers into one that selects what at least one of them selects.</summary>
    /// <param name="left">One tracker.</param>
    /// <param name="right">The other tracker.</param>
    /// <returns>A tracker of the outcomes that at least one of the two selects.</returns>
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

    /// <summary>Creates the complement of a tracker, within what it covers.</summary>
    /// <param name="tracker">The tracker to negate.</param>
    /// <returns>A tracker of the covered outcomes that <paramref name="tracker"/> does not select.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or the result would be nested more than 500 deep.</exception>
    public static Tracker<TResult> operator !(Tracker<TResult> tracker)
    {
        Require.NotNull(tracker);
        return new(Not(tracker._exceptions), Not(tracker._results), tracker._depth + 1);

        static Func<T, bool>? Not<T>(Func<T, bool>? predicate) => predicate is null ? null : value => !predicate(value);
    }

    /// <summary>Converts a tracker to the <c>ShouldHandle</c> of Polly's retry.</summary>
    /// <param name="tracker">The tracker.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static implicit operator Func<RetryPredicateArguments<TResult>, ValueTask<bool>>(Tracker<TResult> tracker)
    {
        Require.NotNull(tracker);
        return args => new(tracker.Matches(args.Outcome));
    }

    /// <summary>Converts a tracker to the <c>ShouldHandle</c> of Polly's fallback.</summary>
    /// <param name="tracker">The tracker.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static implicit operator Func<FallbackPredicateArguments<TResult>, ValueTask<bool>>(Tracker<TResult> tracker)
    {
        Require.NotNull(tracker);
        return args => new(tracker.Matches(args.Outcome));
    }

    /// <summary>Converts a tracker to the <c>ShouldHandle</c> of Polly's hedging.</summary>
    /// <param name="tracker">The tracker.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static implicit operator Func<HedgingPredicateArguments<TResult>, ValueTask<bool>>(Tracker<TResult> tracker)
    {
        Require.NotNull(tracker);
        return args => new(tracker.Matches(args.Outcome));
    }

    /// <summary>Converts a tracker to the <c>ShouldHandle</c> and <c>ShouldIgnore</c> of this breaker, and to the <c>ShouldHandle</c> of Polly's own.</summary>
    /// <param name="tracker">The tracker.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static implicit operator Func<CircuitBreakerPredicateArguments<TResult>, ValueTask<bool>>(Tracker<TResult> tracker)
    {
        Require.NotNull(tracker);
        return args => new(tracker.Matches(args.Outcome));
    }

    /// <summary>Returns whether an outcome is a failure.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <returns><see langword="true"/> if the tracker selects the outcome.</returns>
    public bool Matches(Outcome<TResult> outcome) =>
        outcome.Exception is { } exception ? Matches(exception) : _results is not null && _results(outcome.Result!);

    internal bool Matches(Exception exception) => _exceptions is not null && _exceptions(exception);
}
