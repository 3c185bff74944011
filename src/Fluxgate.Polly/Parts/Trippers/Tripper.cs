namespace Fluxgate;

/// <summary>
/// The rule that opens a circuit. Leaves are combined with <c>&amp;</c> and <c>|</c>. An immutable description that settings can share.
/// </summary>
/// <remarks>
/// The breaker evaluates it from many threads at once and never under a lock. When a tripper throws, it does not fire, and the error is
/// counted and reported.
/// </remarks>
/// <example>
/// A custom leaf:
/// <code>
/// sealed class FailuresAtLeast(int number) : Tripper
/// {
///     public override bool Fires(in TripperContext context) => context.Failures >= context.AtMost(number);
///     public override string ToString() => $"FailuresAtLeast({number})";
/// }
/// </code>
/// </example>
public abstract partial class Tripper
{
    /// <summary>Gets a leaf that fires while the circuit is closed or metrics-only.</summary>
    public static Tripper Closed { get; } = new InState(BreakerState.Closed);

    /// <summary>Gets a leaf that fires while the circuit is half-open.</summary>
    public static Tripper HalfOpened { get; } = new InState(BreakerState.HalfOpen);

    /// <summary>Creates a leaf that fires when the window contains at least <paramref name="count"/> calls. While half-open, the count is capped at the recovery's number of probes.</summary>
    /// <param name="count">The number of calls, at least 1 and at most the capacity of the window.</param>
    /// <returns>The leaf.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static Tripper MinRequests(int count) => new MinRequests(Require.Count(count));

    /// <summary>Creates a leaf that fires when the ratio of failures to calls in the window reaches <paramref name="ratio"/>.</summary>
    /// <param name="ratio">The ratio, greater than 0 and at most 1.</param>
    /// <returns>The leaf.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ratio"/> is out of range or not a number.</exception>
    public static Tripper FailureRate(double ratio) => new FailureRate(Require.Ratio(ratio));

    /// <summary>Creates a leaf that fires when the ratio of slow calls to calls in the window reaches <paramref name="ratio"/>. Successes and failures can be slow.</summary>
    /// <param name="ratio">The ratio, greater than 0 and at most 1.</param>
    /// <param name="threshold">The duration at or above which a call is slow, greater than zero. A leaf with a threshold above 10 days can never fire, because longer calls count as 10 days.</param>
    /// <returns>The leaf. With it, the breaker reads the clock twice per call, and follows the calls in flight.</returns>
    /// <remarks>
    /// While the circuit is closed or metrics-only, a call that has been in flight for <paramref name="threshold"/> is overdue: the rule is also
    /// evaluated as if it had just succeeded slowly, at the latest after 1.25 times the threshold. So calls that never return open the circuit too.
    /// On the system's clock, a closed circuit uses the operating system's count of milliseconds if every threshold of the rule is 1 s or more, no
    /// leaf uses mean durations, and no listener can request durations. This clock steps by 1 to 16 ms, so a call within one step of its threshold may
    /// or may not count as slow. Reading it takes a fifth of the time of the exact clock.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static Tripper SlowRate(double ratio, TimeSpan threshold) => new SlowRate(Require.Ratio(ratio), Require.Positive(threshold));

    /// <summary>Creates a leaf that fires when the mean duration of the calls in the window reaches <paramref name="threshold"/>. Successes and failures are included.</summary>
    /// <param name="threshold">The mean duration, greater than zero. A leaf with a threshold above 10 days can never fire, because longer calls count as 10 days.</param>
    /// <returns>The leaf. With it, the breaker reads the clock twice per call.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threshold"/> is not positive.</exception>
    public static Tripper AvgLatency(TimeSpan threshold) => new AvgLatency(Require.Positive(threshold));

    /// <summary>Creates a leaf that fires after <paramref name="count"/> failures in a row within the phase, regardless of the window. While half-open, the count is capped at the recovery's number of probes.</summary>
    /// <param name="count">The number of failures, 1 to 16777215.</param>
    /// <returns>The leaf.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is out of range.</exception>
    public static Tripper FailureStreak(int count) => new FailureStreak(Require.Count(count, most: FluxgateDefaults.MaxStreak));

    /// <summary>Combines two rules into one that fires when both fire.</summary>
    /// <param name="left">One rule.</param>
    /// <param name="right">The other rule.</param>
    /// <returns>The combined rule.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or the result would be nested more than 500 deep.</exception>
    public static Tripper operator &(Tripper left, Tripper right) => new BothTrippers(Require.NotNull(left), Require.NotNull(right));

    /// <summary>Combines two rules into one that fires when at least one of them fires.</summary>
    /// <param name="left">One rule.</param>
    /// <param name="right">The other rule.</param>
    /// <returns>The combined rule.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or the result would be nested more than 500 deep.</exception>
    public static Tripper operator |(Tripper left, Tripper right) => new EitherTripper(Require.NotNull(left), Require.NotNull(right));

    /// <summary>Gets the duration at or above which a call is slow for this leaf. The breaker counts the slow calls of each threshold; <see cref="TripperContext.SlowCalls"/> returns them.</summary>
    /// <value><see langword="null"/> by default: the leaf does not use slow calls.</value>
    public virtual TimeSpan? SlowThreshold => null;

    /// <summary>Gets the threshold of this leaf, for dashboards that show it beside the measured value: a ratio from 0 to 1, a number of calls, or seconds.</summary>
    /// <value><see langword="null"/> by default: the leaf has no threshold.</value>
    public virtual double? Threshold => null;

    /// <summary>Gets whether this leaf uses <see cref="TripperContext.AverageDuration"/>. The breaker times calls only if a leaf has a slow threshold or returns <see langword="true"/> here, or a listener requires durations.</summary>
    /// <value><see langword="false"/> by default.</value>
    public virtual bool NeedsDurations => false;

    /// <summary>Starts the rule of a phase. Return a new instance if the rule has state; by default, returns this instance.</summary>
    /// <returns>The rule that the phase evaluates. Must be thread-safe.</returns>
    public virtual Tripper Start() => this;

    /// <summary>Returns whether the circuit should open.</summary>
    /// <param name="context">The current window, streak and state.</param>
    /// <returns><see langword="true"/> to open the circuit.</returns>
    public abstract bool Fires(in TripperContext context);

    /// <summary>Returns the measured value and the threshold of this leaf. Called once when the rule has fired.</summary>
    /// <param name="context">The context for which the rule fired.</param>
    /// <returns>The finding; by default, the text of the leaf without numbers.</returns>
    public virtual Finding Explain(in TripperContext context) => new(Kind, null, null, ToString() ?? Kind);

    /// <summary>
    /// Evaluates the rule on given sums, leaf by leaf: for a dashboard that shows how far a circuit is from opening, for the preview of a rule, or for
    /// a test. No state changes, and no error is counted.
    /// </summary>
    /// <param name="context">The sums.</param>
    /// <returns>
    /// The evaluation. For a user-defined leaf, it contains the text and whether the leaf fires. Whether a leaf fires is unknown if the leaf throws, or if it
    /// needs durations or slow calls that <paramref name="context"/> does not contain.
    /// </returns>
    public RuleEvaluation Evaluate(in TripperContext context) => EvaluateOn(context);

    /// <summary>Returns whether a part is built in. The text of a built-in part describes it completely; that of a user's part may not.</summary>
    internal static bool IsBuiltIn(object part) => part.GetType().Assembly == typeof(Tripper).Assembly;

    /// <summary>Gets the nesting depth of the rule: 1 for a leaf.</summary>
    internal virtual int Depth => 1;

    /// <summary>Gets the leaf's kind in findings and metrics: the name of its type.</summary>
    internal virtual string Kind => GetType().Name;

    /// <summary>Gets the leaves of the rule, from left to right.</summary>
    internal virtual IEnumerable<Tripper> Leaves => [this];

    /// <summary>Gets whether every call can change the result. If not, the breaker evaluates the rule only when the window contains <see cref="FailuresToFire"/> failures.</summary>
    internal virtual bool EvaluatesEveryCall => true;

    /// <summary>Gets the text of the rule as an operand of <c>&amp;</c>: in brackets if it is an <c>|</c>.</summary>
    internal virtual string TextInBoth => ToString() ?? Kind;

    /// <summary>Gets the least number of calls for which the rule can fire.</summary>
    internal virtual long LeastRequests => 0;

    /// <summary>Returns the least number of failures for which the rule can fire while the window contains at least <paramref name="requests"/> calls. Streaks are not considered.</summary>
    internal virtual long LeastFailures(BreakerState state, long requests) => 0;

    /// <summary>
    /// Returns the least number of failures at which the rule can start to fire, given that it does not fire at <paramref name="requests"/> calls with
    /// minimums waived. Slow calls and streaks are not considered, because each of them evaluates the rule itself. The result equals
    /// <see cref="LeastFailures"/> if that is not zero.
    /// </summary>
    internal virtual long FailuresToFire(BreakerState state, long requests) =>
        LeastFailures(state, requests) is > 0 and var least ? least : long.MaxValue;

    /// <summary>Gets the shortest streak that can make the rule fire before the window contains the least number of failures.</summary>
    internal virtual long LeastStreak => long.MaxValue;

    /// <summary>Returns the reason why the rule can never fire in a state, or <see langword="null"/> if it can. Adds dead branches of an <c>|</c> to <paramref name="deadBranches"/>, with their reasons.</summary>
    internal virtual string? ReasonNeverFires(BreakerState state, long? capacity, IDictionary<string, string> deadBranches) => null;

    /// <summary>Returns why it is unknown whether this built-in leaf fires, or <see langword="null"/> if it is known.</summary>
    internal virtual string? ReasonUnknown(in TripperContext context) => null;

    /// <summary>Evaluates the rule, part by part.</summary>
    internal virtual RuleEvaluation EvaluateOn(in TripperContext context) => RuleEvaluation.OfLeaf(this, context);

    /// <summary>Returns the relation between the measured value and the threshold.</summary>
    private protected string Sign(in TripperContext context) => Fires(context) ? ">=" : "<";

    /// <summary>Returns the text of the leaves that fired, combined as in the rule, and adds their findings to <paramref name="findings"/>.</summary>
    internal virtual string Describe(in TripperContext context, ICollection<Finding> findings)
    {
        var finding = Explain(context);
        findings.Add(finding);
        return finding.Text;
    }
}
