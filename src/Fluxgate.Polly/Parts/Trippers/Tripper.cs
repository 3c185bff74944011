namespace Fluxgate;

/// <summary>
/// The rule that opens a circuit, composed of leaves with <c>&amp;</c> and <c>|</c>. An immutable description that settings may share.
/// </summary>
/// <remarks>
/// Asked from many threads at once and never under a lock. When a tripper throws, the breaker takes it as quiet, counts the error and
/// reports it.
/// </remarks>
/// <example>
/// A leaf of one's own:
/// <code>
/// sealed class FailuresAtLeast(int number) : Tripper
/// {
///     public override bool Fires(in TripperContext reading) => reading.Failures >= number;
///     public override string ToString() => $"FailuresAtLeast({number})";
/// }
/// </code>
/// </example>
public abstract partial class Tripper
{
    /// <summary>Fires while the circuit is closed (or metrics-only).</summary>
    public static Tripper Closed { get; } = new InState(BreakerState.Closed);

    /// <summary>Fires while the circuit is half-open.</summary>
    public static Tripper HalfOpened { get; } = new InState(BreakerState.HalfOpen);

    /// <summary>Fires when the window holds at least <paramref name="count"/> calls. While half-open it asks for no more than the recovery's number of probes.</summary>
    /// <param name="count">At least 1, and no more than the window holds.</param>
    /// <returns>The leaf.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static Tripper MinRequests(int count) => new MinRequests(Require.Count(count));

    /// <summary>Fires when failures over calls in the window reach <paramref name="ratio"/>.</summary>
    /// <param name="ratio">Greater than 0, at most 1.</param>
    /// <returns>The leaf.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ratio"/> is out of range or not a number.</exception>
    public static Tripper FailureRate(double ratio) => new FailureRate(Require.Ratio(ratio));

    /// <summary>Fires when the part of calls that took at least <paramref name="threshold"/> reaches <paramref name="ratio"/>; failures count like successes.</summary>
    /// <param name="ratio">Greater than 0, at most 1.</param>
    /// <param name="threshold">From how long on a call is slow; greater than zero. A rule that waits for more than 10 days can never fire: that is the longest a call is counted with.</param>
    /// <returns>The leaf. It makes the breaker read the clock twice a call.</returns>
    /// <remarks>
    /// Where every threshold of the rule is a second or more, no leaf asks for mean durations and no listener for a histogram, a closed circuit
    /// on the system's clock measures with the operating system's count of milliseconds, which steps by 1 to 16 ms: a call that is within such a step
    /// of its threshold may count as slow or not. It costs a fifth of the exact clock.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static Tripper SlowRate(double ratio, TimeSpan threshold) => new SlowRate(Require.Ratio(ratio), Require.Positive(threshold));

    /// <summary>Fires when the mean duration of the window's calls reaches <paramref name="threshold"/>; failures count like successes.</summary>
    /// <param name="threshold">Greater than zero, as for <see cref="SlowRate"/>.</param>
    /// <returns>The leaf. It makes the breaker read the clock twice a call.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threshold"/> is not positive.</exception>
    public static Tripper AvgLatency(TimeSpan threshold) => new AvgLatency(Require.Positive(threshold));

    /// <summary>Fires at <paramref name="count"/> failures in a row within the phase, whatever the window holds. While half-open it asks for no more than the recovery's number of probes.</summary>
    /// <param name="count">1 to 16777215.</param>
    /// <returns>The leaf.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is out of range.</exception>
    public static Tripper FailureStreak(int count) => new FailureStreak(Require.Count(count, most: FluxgateDefaults.MaxStreak));

    /// <summary>Both rules.</summary>
    /// <param name="left">One rule.</param>
    /// <param name="right">The other rule.</param>
    /// <returns>A rule that fires when both fire.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or the result would be nested more than 500 deep.</exception>
    public static Tripper operator &(Tripper left, Tripper right) => new BothTrippers(Require.NotNull(left), Require.NotNull(right));

    /// <summary>Either rule.</summary>
    /// <param name="left">One rule.</param>
    /// <param name="right">The other rule.</param>
    /// <returns>A rule that fires when at least one of the two fires.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or the result would be nested more than 500 deep.</exception>
    public static Tripper operator |(Tripper left, Tripper right) => new EitherTripper(Require.NotNull(left), Require.NotNull(right));

    /// <summary>From how long on this leaf calls a call slow; <see langword="null"/> when it does not. The breaker counts slow calls for the thresholds that leaves name.</summary>
    public virtual TimeSpan? SlowThreshold => null;

    /// <summary>What this leaf compares with, for panels that show a measurement against it: a ratio from 0 to 1, a number of calls, or seconds.</summary>
    /// <value><see langword="null"/> unless overridden: nothing to show.</value>
    public virtual double? Threshold => null;

    /// <summary>Whether this leaf looks at <see cref="TripperContext.AverageDuration"/>. Calls are measured only where a leaf names a threshold or says so here.</summary>
    public virtual bool NeedsDurations => false;

    /// <summary>What a phase asks: the rule itself when it keeps nothing between questions, else a fresh one.</summary>
    /// <returns>The rule with the phase's own state, thread-safe.</returns>
    public virtual Tripper Start() => this;

    /// <summary>Whether the circuit should open.</summary>
    /// <param name="reading">What the window and the streak say now.</param>
    /// <returns><see langword="true"/> to open the circuit.</returns>
    public abstract bool Fires(in TripperContext reading);

    /// <summary>What this leaf found, asked once when the rule has fired.</summary>
    /// <param name="reading">The reading it fired on.</param>
    /// <returns>The finding; by default the rule's own text without numbers.</returns>
    public virtual Finding Explain(in TripperContext reading) => new(Kind, null, null, ToString() ?? Kind);

    /// <summary>Returns whether a part is one of this package. Its text then says all that it is; of a user's part nobody knows.</summary>
    internal static bool IsBuiltIn(object part) => part.GetType().Assembly == typeof(Tripper).Assembly;

    /// <summary>How deeply the rule is nested: 1 for a leaf.</summary>
    internal virtual int Depth => 1;

    /// <summary>The leaf's kind in findings and metrics: the type's name.</summary>
    internal virtual string Kind => GetType().Name;

    /// <summary>The leaves of the rule, from left to right.</summary>
    internal virtual IEnumerable<Tripper> Leaves => [this];

    /// <summary>Whether an answer may change with every call; where it may not, the breaker asks only when <see cref="FailuresToFire"/> are there.</summary>
    internal virtual bool AsksEveryCall => true;

    /// <summary>How the rule stands in a larger one: brackets where <c>&amp;</c> holds an <c>|</c>.</summary>
    internal virtual string TextInBoth => ToString() ?? Kind;

    /// <summary>No fewer calls than this can make the rule fire.</summary>
    internal virtual long LeastRequests => 0;

    /// <summary>No fewer failures in the window than this can make the rule fire while it holds at least <paramref name="requests"/> calls; streaks apart.</summary>
    internal virtual long LeastFailures(BreakerState state, long requests) => 0;

    /// <summary>
    /// A rule that does not fire at <paramref name="requests"/> calls, minimums waived, does not come to fire before the window holds so many
    /// failures; slow calls and streaks apart, since each of them evaluates the rule itself. Where <see cref="LeastFailures"/> is not zero, it is
    /// the same number.
    /// </summary>
    internal virtual long FailuresToFire(BreakerState state, long requests) => long.MaxValue;

    /// <summary>No shorter streak than this makes the rule fire without the window's failures reaching their least number.</summary>
    internal virtual long LeastStreak => long.MaxValue;

    /// <summary>Why the rule can never fire in a state, or <see langword="null"/> when it can. A dead branch of an <c>|</c> is only noted, with why.</summary>
    internal virtual string? Dead(BreakerState state, long? capacity, IDictionary<string, string> deadBranches) => null;

    /// <summary>The leaves that fired, joined as in the rule.</summary>
    internal virtual string Describe(in TripperContext reading, ICollection<Finding> findings)
    {
        var finding = Explain(reading);
        findings.Add(finding);
        return finding.Text;
    }
}
