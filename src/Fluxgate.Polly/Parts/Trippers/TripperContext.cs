using System.Runtime.InteropServices;

namespace Fluxgate;

/// <summary>The argument of <see cref="Tripper.Fires"/>: the sum of the window, the failures in a row, and the state of the circuit.</summary>
/// <remarks>An immutable value. All numbers belong to one moment.</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly struct TripperContext
{
    private readonly CallCounts _window;
    private readonly CallCounts _overdue;
    private readonly SlowThresholds _slow;

    internal TripperContext(
        BreakerState state,
        in CallCounts window,
        long consecutiveFailures,
        SlowThresholds slow,
        long? maxRequired = null,
        in CallCounts overdue = default
    )
    {
        State = state;
        _window = window;
        _overdue = overdue;
        ConsecutiveFailures = consecutiveFailures;
        _slow = slow;
        MaxRequired = maxRequired ?? long.MaxValue;
    }

    /// <summary>Creates a context from given sums, to evaluate a rule outside of a breaker: in a test of a custom leaf, or for a preview.</summary>
    /// <param name="state">The state: <see cref="BreakerState.Closed"/> or <see cref="BreakerState.HalfOpen"/>.</param>
    /// <param name="requests">The number of calls in the window, at least 0.</param>
    /// <param name="failures">The number of failures among them.</param>
    /// <param name="consecutiveFailures">The number of failures in a row, at least 0.</param>
    /// <param name="averageDuration">The mean duration of the calls; by default, it is unknown.</param>
    /// <param name="slowCalls">The numbers of calls that took at least as long as each threshold, for at most 4 thresholds; by default, they are unknown.</param>
    /// <exception cref="ArgumentException">An argument is out of range. The message names it, its value and what is allowed.</exception>
    public TripperContext(
        BreakerState state,
        long requests,
        long failures,
        long consecutiveFailures = 0,
        TimeSpan? averageDuration = null,
        IReadOnlyDictionary<TimeSpan, long>? slowCalls = null
    )
        : this(
            Require.RuleState(state),
            SumsOf(Require.Number(requests, long.MaxValue), Require.Number(failures, requests), averageDuration, slowCalls),
            Require.Number(consecutiveFailures, long.MaxValue),
            slowCalls is null ? SlowThresholds.None : new(slowCalls.Keys)
        ) => DurationsAreUnknown = averageDuration is null;

    /// <summary>Gets the state: <see cref="BreakerState.Closed"/> (also while metrics-only) or <see cref="BreakerState.HalfOpen"/>.</summary>
    public BreakerState State { get; }

    /// <summary>Gets the number of calls in the window: the recorded ones and, in an evaluation with them, the <see cref="OverdueCalls"/>.</summary>
    public long Requests => _window.Requests;

    /// <summary>Gets the number of failures in the window.</summary>
    public long Failures => _window.Failures;

    /// <summary>Gets the number of successes in the window.</summary>
    public long Successes => _window.Successes;

    /// <summary>Gets the number of failures in a row within the phase, regardless of the window. Ignored calls neither count nor interrupt the streak.</summary>
    public long ConsecutiveFailures { get; }

    /// <summary>Gets the ratio of failures to calls, 0 to 1; 0 while the window is empty.</summary>
    public double FailureRate => Ratio(Failures);

    /// <summary>Gets the mean duration of the calls in the window; zero while it is empty, or if no leaf of the rule has <see cref="Tripper.NeedsDurations"/>.</summary>
    public TimeSpan AverageDuration => Requests == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(_window.DurationTicks / Requests);

    /// <summary>
    /// Gets the most calls that a rule can require. While half-open, this is the recovery's number of probes, because there may never be more probes
    /// (rule 4); otherwise there is no limit.
    /// </summary>
    internal long MaxRequired { get; }

    /// <summary>Gets whether the durations of calls are not measured, so that <see cref="AverageDuration"/> says nothing.</summary>
    internal bool DurationsAreUnknown { get; init; }

    /// <summary>Gets whether minimums are treated as met. The breaker uses it to find out whether only a minimum is missing.</summary>
    internal bool MinimumsWaived { get; private init; }

    /// <summary>Caps the number of calls that a rule requires: while half-open, at the recovery's number of probes.</summary>
    /// <param name="required">The number in the rule.</param>
    /// <returns>The smaller of the two numbers; <paramref name="required"/> in other states.</returns>
    public long AtMost(long required) => Math.Min(required, MaxRequired);

    /// <summary>Returns the number of calls in the window that took at least <paramref name="threshold"/>, with the <see cref="OverdueCalls"/>.</summary>
    /// <param name="threshold">The <see cref="Tripper.SlowThreshold"/> of a leaf of the rule.</param>
    /// <returns>The number of slow calls.</returns>
    /// <exception cref="ArgumentException">No leaf of the rule has this threshold, so its slow calls were not counted.</exception>
    public long SlowCalls(TimeSpan threshold) => _window.Slow(IndexOf(threshold));

    /// <summary>
    /// Returns the number of overdue calls: calls that have been in flight for at least <paramref name="threshold"/>. They are included in
    /// <see cref="Requests"/>, <see cref="Successes"/>, <see cref="SlowCalls"/> and <see cref="AverageDuration"/>, as if each of them had just
    /// succeeded, after the longest slow threshold that it has reached.
    /// </summary>
    /// <param name="threshold">The <see cref="Tripper.SlowThreshold"/> of a leaf of the rule.</param>
    /// <returns>
    /// The number of overdue calls; 0 while half-open. The breaker evaluates a rule on the recorded calls alone, where this is 0, and again
    /// with the overdue calls, if there are any.
    /// </returns>
    /// <exception cref="ArgumentException">No leaf of the rule has this threshold.</exception>
    public long OverdueCalls(TimeSpan threshold) => Math.Min(_overdue.Slow(IndexOf(threshold)), Requests);

    /// <summary>Returns the ratio of slow calls to calls, 0 to 1; 0 while the window is empty.</summary>
    /// <param name="threshold">The <see cref="Tripper.SlowThreshold"/> of a leaf of the rule.</param>
    /// <returns>The ratio.</returns>
    public double SlowRate(TimeSpan threshold) => Ratio(SlowCalls(threshold));

    /// <summary>Returns whether the slow calls of a threshold are counted.</summary>
    internal bool CountsSlowCalls(TimeSpan threshold) => _slow?.IndexOf(threshold) >= 0;

    internal TripperContext WaivingMinimums() =>
        new(State, _window, ConsecutiveFailures, _slow, MaxRequired, _overdue) { MinimumsWaived = true };

    private static CallCounts SumsOf(
        long requests,
        long failures,
        TimeSpan? averageDuration,
        IReadOnlyDictionary<TimeSpan, long>? slowCalls
    )
    {
        var average = (averageDuration ?? TimeSpan.Zero).Ticks;
        if (average < 0 || average > (requests == 0 ? long.MaxValue : long.MaxValue / requests))
        {
            throw new ArgumentOutOfRangeException(
                nameof(averageDuration),
                averageDuration,
                $"averageDuration must be at least zero and the sum of all durations a TimeSpan, but it is {RuleText.Duration(TimeSpan.FromTicks(average))}."
            );
        }

        var slow = default(CallCounts.SlowCounts);
        if (slowCalls is not null)
        {
            if (slowCalls.Count > FluxgateDefaults.MaxSlowThresholds)
            {
                throw new ArgumentException(
                    $"slowCalls must have at most {RuleText.Number(FluxgateDefaults.MaxSlowThresholds)} thresholds, but has {RuleText.Number(slowCalls.Count)}.",
                    nameof(slowCalls)
                );
            }

            var thresholds = new SlowThresholds(slowCalls.Keys);
            foreach (var (threshold, count) in slowCalls)
            {
                slow[thresholds.IndexOf(threshold)] = Require.Number(count, requests, nameof(slowCalls));
            }
        }

        return new(requests, failures, average * requests, slow);
    }

    private int IndexOf(TimeSpan threshold) =>
        _slow.IndexOf(threshold) is >= 0 and var index
            ? index
            : throw new ArgumentException(
                $"threshold must be the SlowThreshold of a leaf of the rule, but is {RuleText.Duration(threshold)}.",
                nameof(threshold)
            );

    // Compared as a quotient: 0.07 * 100 is more than 7.
    private double Ratio(long part) => Requests == 0 ? 0 : (double)part / Requests;
}
