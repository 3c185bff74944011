using System.Runtime.InteropServices;

namespace Fluxgate;

/// <summary>What a tripper looks at: the window's sum, the failures in a row, and the state the circuit is in.</summary>
/// <remarks>An immutable value of one moment.</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly struct TripperContext
{
    private readonly CallCounts _tally;
    private readonly SlowThresholds _slow;

    internal TripperContext(BreakerState state, in CallCounts tally, long consecutiveFailures, SlowThresholds slow, long? mostAsked = null)
    {
        State = state;
        _tally = tally;
        ConsecutiveFailures = consecutiveFailures;
        _slow = slow;
        MostAsked = mostAsked ?? long.MaxValue;
    }

    /// <summary>The state: <see cref="BreakerState.Closed"/> (metrics-only asks as if closed) or <see cref="BreakerState.HalfOpen"/>.</summary>
    public BreakerState State { get; }

    /// <summary>Recorded calls in the window.</summary>
    public long Requests => _tally.Requests;

    /// <summary>Failures in the window.</summary>
    public long Failures => _tally.Failures;

    /// <summary>Successes in the window.</summary>
    public long Successes => _tally.Successes;

    /// <summary>Failures in a row up to now within the phase, whatever the window holds. Ignored calls neither count nor interrupt.</summary>
    public long ConsecutiveFailures { get; }

    /// <summary>Failures over calls, 0 to 1; 0 while the window is empty.</summary>
    public double FailureRate => Ratio(Failures);

    /// <summary>The mean duration of the window's calls; zero while it is empty or where no rule asks for durations.</summary>
    public TimeSpan AverageDuration => Requests == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(_tally.DurationTicks / Requests);

    /// <summary>
    /// The number of calls that a rule may ask for at the most: while half-open no more than the recovery's number of probes, since more
    /// than those may never come (rule 4); otherwise unbounded.
    /// </summary>
    internal long MostAsked { get; }

    /// <summary>Whether minimums count as met: how the breaker finds out that only a minimum is missing.</summary>
    internal bool MinimumsWaived { get; private init; }

    /// <summary>How many calls a rule may ask for when it would like <paramref name="wanted"/> of them: while half-open, no more than the recovery's number of probes.</summary>
    /// <param name="wanted">The number in the rule.</param>
    /// <returns>The lesser of the two.</returns>
    public long AtMost(long wanted) => Math.Min(wanted, MostAsked);

    /// <summary>Calls in the window that took at least <paramref name="threshold"/>.</summary>
    /// <param name="threshold">A duration that a leaf of the rule names as its <see cref="Tripper.SlowThreshold"/>.</param>
    /// <returns>The number of slow calls.</returns>
    /// <exception cref="ArgumentException">No leaf of the rule names this threshold, so nothing was counted against it.</exception>
    public long SlowCalls(TimeSpan threshold) =>
        _slow.IndexOf(threshold) is >= 0 and var index
            ? _tally.Slow(index)
            : throw new ArgumentException(
                $"threshold must be a duration that a leaf of the rule names as its SlowThreshold, but is {RuleText.Duration(threshold)}.",
                nameof(threshold)
            );

    /// <summary>Slow calls over calls, 0 to 1; 0 while the window is empty.</summary>
    /// <param name="threshold">See <see cref="SlowCalls"/>.</param>
    /// <returns>The ratio.</returns>
    public double SlowRate(TimeSpan threshold) => Ratio(SlowCalls(threshold));

    internal TripperContext WaivingMinimums() => new(State, _tally, ConsecutiveFailures, _slow, MostAsked) { MinimumsWaived = true };

    // Compared as a quotient: 0.07 * 100 is more than 7.
    private double Ratio(long part) => Requests == 0 ? 0 : (double)part / Requests;
}
