namespace Fluxgate;

/// <summary>What a breaker knew about itself at one moment. Immutable; keeps nothing of the breaker alive but its name and reason.</summary>
public sealed class BreakerSnapshot
{
    private readonly History _history;
    private readonly long[] _rejected;
    private readonly long[] _userErrors;
    private readonly StateDurations[] _durations;

    internal BreakerSnapshot(in TotalsReading totals, PhaseReading phaseReading, StateMachine machine)
    {
        var phase = totals.Phase;
        CircuitName = machine.Name;
        State = phase.State;
        PhaseNumber = phase.Number;
        Reason = phase.Reason;
        EnteredAt = phase.EnteredAt;
        Rule = phase.Rules.TripperText;
        RuleThresholds = phase.Rules.Thresholds;
        RetryAfter = phase.RetryAfter(CallStart.Exact(machine.Clock.Now));
        NextProbeAt =
            (phase as OpenPhase)?.BreakFor is { } breakFor && DateTimeOffset.MaxValue - EnteredAt > breakFor ? EnteredAt + breakFor : null;
        Successes = totals.Successes;
        Failures = totals.Failures;
        Ignored = totals.Ignored;
        Stale = totals.Stale;
        InFlight = totals.Started - Requests;
        HalfOpenInFlight = totals.ProbesInFlight;
        WindowRequests = phaseReading.Window.Requests;
        WindowFailures = phaseReading.Window.Failures;
        FailureRate = RateOf(WindowFailures);
        SuccessRate = 1 - FailureRate;
        ConsecutiveFailures = phaseReading.ConsecutiveFailures;
        ConsecutiveSuccesses = phaseReading.ConsecutiveSuccesses;
        SignalsDropped = totals.Dropped;
        SlowCalls = SlowCallsOf(totals, phaseReading.Window);
        _durations = machine.Durations?.Read() ?? [];
        _history = phase.History;
        _rejected = totals.Rejected;
        _userErrors = machine.UserCode.Read();
    }

    /// <summary>The circuit's name.</summary>
    public string CircuitName { get; }

    /// <summary>The state.</summary>
    public BreakerState State { get; }

    /// <summary>The number of the phase: it grows with every transition, and with a reset while closed.</summary>
    public long PhaseNumber { get; }

    /// <summary>Why the circuit is in this state.</summary>
    public Reason Reason { get; }

    /// <summary>When it entered this state, by the wall clock.</summary>
    public DateTimeOffset EnteredAt { get; }

    /// <summary>The rule that opens the circuit, as text.</summary>
    public string Rule { get; }

    /// <summary>What the leaves of the rule compare with, from left to right within a kind; leaves without a number are left out.</summary>
    public IReadOnlyList<RuleThreshold> RuleThresholds { get; }

    /// <summary>When the break is over, by the wall clock; <see langword="null"/> unless open, and for a break until reset.</summary>
    public DateTimeOffset? NextProbeAt { get; }

    /// <summary>How long until the break is over, in whole milliseconds and never too early, always greater than zero; <see langword="null"/> unless open, when the break is over and no call has come, and for a break until reset.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Calls that have settled, ever: successes, failures and ignored. Rejections are no requests.</summary>
    public long Requests => Successes + Failures + Ignored;

    /// <summary>Calls that succeeded, ever.</summary>
    public long Successes { get; }

    /// <summary>Calls that failed, ever.</summary>
    public long Failures { get; }

    /// <summary>Calls that counted as neither, ever.</summary>
    public long Ignored { get; }

    /// <summary>Results that came when their phase was over and decided nothing, ever. They are among the requests, but for those whose lease had been counted.</summary>
    public long Stale { get; }

    /// <summary>Calls let in that have not settled.</summary>
    public long InFlight { get; }

    /// <summary>Probes of this half-open phase that have not settled; 0 in other states.</summary>
    public int HalfOpenInFlight { get; }

    /// <summary>Calls that were rejected, ever.</summary>
    public long Rejected => _rejected.Sum();

    /// <summary>Recorded calls in the window.</summary>
    public long WindowRequests { get; }

    /// <summary>Failures in the window.</summary>
    public long WindowFailures { get; }

    /// <summary>Failures over calls in the window, 0 to 1; <see langword="null"/> while it is empty.</summary>
    public double? FailureRate { get; }

    /// <summary>Successes over calls in the window, 0 to 1; <see langword="null"/> while it is empty.</summary>
    public double? SuccessRate { get; }

    /// <summary>Slow calls by threshold, ascending: those of the rule, and the last ones that a reconfiguration took out of it, 16 together at most.</summary>
    public IReadOnlyList<SlowCallCount> SlowCalls { get; }

    /// <summary>Failures in a row in this phase.</summary>
    public long ConsecutiveFailures { get; }

    /// <summary>Successes since the last failure in this phase.</summary>
    public long ConsecutiveSuccesses { get; }

    /// <summary>How often the circuit has gone back from half-open to open since it was last closed.</summary>
    public long Reopens => _history.Reopens;

    /// <summary>How often the tripper fired in metrics-only, ever.</summary>
    public long WouldTrips => _history.WouldTrips;

    /// <summary>The sequence number of the last signal: how many transitions there were.</summary>
    public long SignalCount => _history.Signals;

    /// <summary>Signals that did not reach a listener, since too many waited for it, ever.</summary>
    public long SignalsDropped { get; }

    /// <summary>Calls that were rejected in one state, ever.</summary>
    /// <param name="state">The state.</param>
    /// <returns>The number; 0 for states that reject nothing.</returns>
    public long RejectedIn(BreakerState state) => state.IsKnown() ? _rejected[(int)state] : 0;

    /// <summary>Transitions from one state to another, ever.</summary>
    /// <param name="oldState">The state left.</param>
    /// <param name="newState">The state entered.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A state is none of the six.</exception>
    public long Transitions(BreakerState oldState, BreakerState newState)
    {
        _ = oldState.ToLabel();
        _ = newState.ToLabel();
        return _history.Transitions(oldState, newState);
    }

    /// <summary>Errors in user code, ever.</summary>
    /// <param name="source">Which code.</param>
    /// <returns>The number.</returns>
    public long UserErrors(UserErrorSource source) => (uint)source < (uint)_userErrors.Length ? _userErrors[(int)source] : 0;

    /// <summary>How long calls took, by the state that let them in; only states in which calls ran.</summary>
    /// <param name="buckets">The buckets that a listener of the breaker asked for; <see cref="DurationBuckets.Default"/> unless given.</param>
    /// <returns>The histograms; empty when no listener asked for these buckets.</returns>
    public IEnumerable<StateDurations> Durations(DurationBuckets? buckets = null) =>
        _durations.Where(durations => durations.Durations.Buckets.Equals(buckets ?? DurationBuckets.Default));

    /// <summary>All histograms, of whatever buckets.</summary>
    internal ReadOnlySpan<StateDurations> AllDurations => _durations;

    /// <summary>A line for logs and debuggers.</summary>
    /// <returns>The name, the state and the reason.</returns>
    public override string ToString() => OneLine.Of($"{CircuitName}: {State.ToLabel()} ({Reason})");

    /// <summary>All transitions, by the state left and then by the state entered.</summary>
    internal ReadOnlySpan<long> AllTransitions => _history.AllTransitions;

    private SlowCallCount[] SlowCallsOf(in TotalsReading totals, in CallCounts window)
    {
        var thresholds = totals.Phase.Rules.SlowThresholds;
        var counts = totals.Slow.Length == 0 ? [] : new SlowCallCount[totals.Slow.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            var (threshold, total) = totals.Slow[i];
            counts[i] = new(threshold, total, thresholds.IndexOf(threshold) is >= 0 and var index ? RateOf(window.Slow(index)) : null);
        }

        return counts;
    }

    private double? RateOf(long part) => WindowRequests == 0 ? null : (double)part / WindowRequests;
}
