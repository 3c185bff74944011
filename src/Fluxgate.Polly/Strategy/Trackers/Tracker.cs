using System.ComponentModel;
using Polly;
using Polly.CircuitBreaker;
using Polly.Fallback;
using Polly.Hedging;
using Polly.Retry;

namespace Fluxgate;

/// <summary>
/// A predicate that selects the exceptions that are failures. Trackers are combined with <c>&amp;</c>, <c>|</c> and <c>!</c>. A tracker of
/// exceptions applies to every result type. Combined with a <see cref="Tracker{TResult}"/> it becomes a <see cref="Tracker{TResult}"/>.
/// </summary>
/// <remarks>
/// Immutable, and thread-safe if its predicates are. The complement <c>!</c> selects the other exceptions; it does not turn results into failures.
/// </remarks>
/// <example>
/// <code>
/// var failures = Tracker.TypeOf&lt;HttpRequestException&gt;() | Tracker.TypeOf&lt;TimeoutRejectedException&gt;()
///              | Tracker.Result&lt;HttpResponseMessage&gt;(r => (int)r.StatusCode >= 500);
/// </code>
/// </example>
public sealed class Tracker
{
    private readonly Func<Exception, bool> _predicate;
    private readonly int _depth;

    private Tracker(Func<Exception, bool> predicate, int depth = 1)
    {
        _predicate = predicate;
        _depth = Require.Depth(depth, "tracker");
    }

    /// <summary>
    /// Gets a tracker that selects every exception. The default of a breaker is narrower: see <see cref="FluxgateBreakerOptions{TResult}.Tracker"/>.
    /// </summary>
    public static Tracker All { get; } = new(static _ => true);

    /// <summary>Creates a tracker of the exceptions of a type and its derived types.</summary>
    /// <typeparam name="TException">The type of the exceptions.</typeparam>
    /// <param name="predicate">Selects among these exceptions; by default, all of them are selected. Must be thread-safe. When it throws, the call is ignored, and the error is counted and reported.</param>
    /// <returns>The tracker.</returns>
    public static Tracker TypeOf<TException>(Func<TException, bool>? predicate = null)
        where TException : Exception =>
        new(
            predicate is null ? static exception => exception is TException : exception => exception is TException typed && predicate(typed)
        );

    /// <summary>
    /// Creates a tracker of the exceptions that are of a type, or that contain one of this type: as an inner exception at any depth, or among those of an
    /// <see cref="AggregateException"/>, as <c>.Result</c>, <c>Task.WhenAll(...).Wait()</c> and data access libraries wrap them.
    /// </summary>
    /// <typeparam name="TException">The type of the exceptions.</typeparam>
    /// <param name="predicate">Selects among these exceptions; by default, all of them are selected. Must be thread-safe. When it throws, the call is ignored, and the error is counted and reported.</param>
    /// <returns>The tracker.</returns>
    public static Tracker Inner<TException>(Func<TException, bool>? predicate = null)
        where TException : Exception
    {
        return new(IsHidden);

        bool IsHidden(Exception exception) =>
            (exception is TException typed && (predicate is null || predicate(typed)))
            || (
                exception is AggregateException many
                    ? many.InnerExceptions.Any(IsHidden)
                    : exception.InnerException is { } inner && IsHidden(inner)
            );
    }

    /// <summary>Creates a tracker of the exceptions that a predicate selects.</summary>
    /// <param name="predicate">The predicate. Must be thread-safe. When it throws, the call is ignored, and the error is counted and reported.</param>
    /// <returns>The tracker.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is <see langword="null"/>.</exception>
    public static Tracker When(Func<Exception, bool> predicate) => new(Require.NotNull(predicate));

    /// <summary>Creates a tracker of the outcomes, both exceptions and results, that a predicate selects.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <param name="predicate">The predicate. Must be thread-safe. When it throws, the call is ignored, and the error is counted and reported.</param>
    /// <returns>The tracker.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is <see langword="null"/>.</exception>
    public static Tracker<TResult> When<TResult>(Func<Outcome<TResult>, bool> predicate)
    {
        Require.NotNull(predicate);
        return new(exception => predicate(Outcome.FromException<TResult>(exception)), result => predicate(Outcome.FromResult(result)));
    }

    /// <summary>Creates a tracker of the results that a predicate selects.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <param name="predicate">The predicate. Must be thread-safe. When it throws, the call is ignored, and the error is counted and reported.</param>
    /// <returns>The tracker.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is <see langword="null"/>.</exception>
    public static Tracker<TResult> Result<TResult>(Func<TResult, bool> predicate) => new(null, Require.NotNull(predicate));

    /// <summary>Combines two trackers into one that selects what both select.</summary>
    /// <param name="left">One tracker.</param>
    /// <param name="right">The other tracker.</param>
    /// <returns>A tracker of the exceptions that both select.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or the result would be nested more than 500 deep.</exception>
    public static Tracker operator &(Tracker left, Tracker right)
    {
        var (first, second) = (Require.NotNull(left)._predicate, Require.NotNull(right)._predicate);
        return new(exception => first(exception) && second(exception), Math.Max(left._depth, right._depth) + 1);
    }

    /// <summary>Combines two trackers into one that selects what at least one of them selects.</summary>
    /// <param name="left">One tracker.</param>
    /// <param name="right">The other tracker.</param>
    /// <returns>A tracker of the exceptions that at least one of the two selects.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or the result would be nested more than 500 deep.</exception>
    public static Tracker operator |(Tracker left, Tracker right)
    {
        var (first, second) = (Require.NotNull(left)._predicate, Require.NotNull(right)._predicate);
        return new(exception => first(exception) || second(exception), Math.Max(left._depth, right._depth) + 1);
    }

    /// <summary>Creates the complement of a tracker.</summary>
    /// <param name="tracker">The tracker to negate.</param>
    /// <returns>A tracker of the exceptions that <paramref name="tracker"/> does not select.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or the result would be nested more than 500 deep.</exception>
    public static Tracker operator !(Tracker tracker)
    {
        var predicate = Require.NotNull(tracker)._predicate;
        return new(exception => !predicate(exception), tracker._depth + 1);
    }

    /// <summary>Converts a tracker to the <c>ShouldHandle</c> of Polly's retry in a pipeline of any result type. In a pipeline of one type, use <see cref="For{TResult}"/>.</summary>
    /// <param name="tracker">The tracker.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static implicit operator Func<RetryPredicateArguments<object>, ValueTask<bool>>(Tracker tracker) =>
        Require.NotNull(tracker).For<object>();

    /// <summary>Converts a tracker to the <c>ShouldHandle</c> of Polly's fallback in a pipeline of any result type. In a pipeline of one type, use <see cref="For{TResult}"/>.</summary>
    /// <param name="tracker">The tracker.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static implicit operator Func<FallbackPredicateArguments<object>, ValueTask<bool>>(Tracker tracker) =>
        Require.NotNull(tracker).For<object>();

    /// <summary>Converts a tracker to the <c>ShouldHandle</c> of Polly's hedging in a pipeline of any result type. In a pipeline of one type, use <see cref="For{TResult}"/>.</summary>
    /// <param name="tracker">The tracker.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static implicit operator Func<HedgingPredicateArguments<object>, ValueTask<bool>>(Tracker tracker) =>
        Require.NotNull(tracker).For<object>();

    /// <summary>Converts a tracker to the <c>ShouldHandle</c> and <c>ShouldIgnore</c> of this breaker, and to the <c>ShouldHandle</c> of Polly's own, in a pipeline of any result type.</summary>
    /// <param name="tracker">The tracker.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static implicit operator Func<CircuitBreakerPredicateArguments<object>, ValueTask<bool>>(Tracker tracker) =>
        Require.NotNull(tracker).For<object>();

    /// <summary>Returns the same tracker for one result type. The result converts to the <c>ShouldHandle</c> of Polly's retry, fallback and hedging.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <returns>The tracker.</returns>
    public Tracker<TResult> For<TResult>() => new(_predicate, null, _depth);

    /// <summary>Returns whether an exception is a failure.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns><see langword="true"/> if the tracker selects the exception.</returns>
    public bool Matches(Exception exception) => _predicate(Require.NotNull(exception));
}
