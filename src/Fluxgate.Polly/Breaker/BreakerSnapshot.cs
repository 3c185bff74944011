namespace Fluxgate;

/// <summary>The state and the numbers of a breaker at one moment. Immutable. It does not keep the breaker alive.</summary>
public sealed class BreakerSnapshot
{
    private readonly History _history;
    private readonly Rules? _rules;
    private readonly CallCounts _window;
    private readonly OverdueReading? _overdue;
    private readonly long[] _rejected;
    private readonly long[] _userErrors;
    private readonly StateDurations[] _durations;

    internal BreakerSnapshot(StateMachine machine)
    {
        var totals = machine.Read(out var phase, out var phaseReading);
        CircuitName = machine.Name;
        GroupName = machine.Membership?.GroupName;
        Key = machine.Membership?.Key;
        State = phase.State;
        PhaseNumber = phase.Number;
        Reason = phase.Reason;
        EnteredAt = phase.EnteredAt;
        Rule = phase.Rules.TripperText;
        RuleThresholds = phase.Rules.Thresholds;

        // Read once, because a probe gate may postpone it meanwhile.
        var end = (phase as OpenPhase)?.End;
        RetryAfter = end?.From(CallStart.Exact(machine.Clock.Now), machine.Clock);
        NextProbeAt = end is not null && DateTimeOffset.MaxValue - EnteredAt > end.After ? EnteredAt + end.After : null;
        Successes = totals.Successes;
        Failures = totals.Failures;
        Ignored = totals.Ignored;
        Stale = totals.Stale;
        AbandonedFailures = totals.AbandonedFailures;
        AbandonedIgnored = totals.AbandonedIgnored;
        InFlight = totals.InFlight;
        HalfOpenInFlight = totals.ProbesInFlight;
        (_rules, _window, _overdue) = (phase.Rules, phaseReading.Window, phaseReading.Overdue);
        WindowRequests = phaseReading.Window.Requests;
        WindowFailures = phaseReading.Window.Failures;
        FailureRate = RateOf(WindowFailures);
        SuccessRate = 1 - FailureRate;
        ConsecutiveFailures = phaseReading.ConsecutiveFailures;
        ConsecutiveSuccesses = phaseReading.ConsecutiveSuccesses;
        SignalsDropped = totals.Dropped;

        // Read after the totals, so more calls may have become overdue than were in flight then.
        var inFlight = phase.ReadInFlight();
        SlowCalls = SlowCallsOf(totals.Slow, phase.Rules.SlowThresholds, inFlight);
        OldestInFlight = inFlight.OldestAge;
        _durations = machine.Durations?.Read() ?? [];
        _history = phase.History;
        _rejected = totals.Rejected;
        _userErrors = totals.UserErrors;
    }

    /// <summary>Creates the snapshot of a group of circuits: their sums. It has the state and the window of a circuit without calls.</summary>
    internal BreakerSnapshot(string groupName, CircuitSums sums, StateDurations[] durations)
    {
        CircuitName = groupName;
        GroupName = groupName;
        Reason = Reason.Initial;
        Rule = "";
        RuleThresholds = [];
        (Successes, Failures, Ignored, Stale) = (sums.Successes, sums.Failures, sums.Ignored, sums.Stale);
        (AbandonedFailures, AbandonedIgnored) = (sums.AbandonedFailures, sums.AbandonedIgnored);
        InFlight = sums.Started - Requests;
        HalfOpenInFlight = sums.HalfOpenInFlight;
        SignalsDropped = sums.Dropped;
        SlowCalls = sums.ReadSlowCalls();
        OldestInFlight = sums.OldestInFlight;
        _durations = durations;
        _history = sums.ReadHistory();
        _rejected = sums.ReadRejected();
        _userErrors = sums.ReadUserErrors();
    }

    /// <summary>Gets the circuit's name.</summary>
    public string CircuitName { get; }

    /// <summary>Gets the name of the group that the circuit belongs to, or <see langword="null"/> if it belongs to none.</summary>
    public string? GroupName { get; }

    /// <summary>Gets the key of the circuit in its group; <see langword="null"/> without a group, and for the shared circuit, which serves the keys that have no circuit of their own.</summary>
    public string? Key { get; }

    /// <summary>Gets the state.</summary>
    public BreakerState State { get; }

    /// <summary>Gets the number of the phase. It increases with every transition, and with a reset while closed.</summary>
    public long PhaseNumber { get; }

    /// <summary>Gets the reason why the circuit is in this state.</summary>
    public Reason Reason { get; }

    /// <summary>Gets when the circuit entered this state, by the wall clock.</summary>
    public DateTimeOffset EnteredAt { get; }

    /// <summary>Gets the text of the rule that opens the circuit.</summary>
    public string Rule { get; }

    /// <summary>Gets the thresholds of the rule's leaves, from left to right within a kind. Leaves without a threshold are omitted.</summary>
    public IReadOnlyList<RuleThreshold> RuleThresholds { get; }

    /// <summary>Gets when the break ends, or when the probe gate that postponed the end is called again, by the wall clock; <see langword="null"/> unless the circuit is open, and for a break until reset.</summary>
    public DateTimeOffset? NextProbeAt { get; }

    /// <summary>Gets the time until <see cref="NextProbeAt"/>, on the monotonic clock, greater than zero and rounded up to whole milliseconds; <see langword="null"/> unless the circuit is open, after the break has ended, and for a break until reset.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Gets the total number of settled calls: successes, failures and ignored calls. Rejections are not requests.</summary>
    public long Requests => Successes + Failures + Ignored;

    /// <summary>Gets the total number of calls that succeeded.</summary>
    public long Successes { get; }

    /// <summary>Gets the total number of calls that failed.</summary>
    public long Failures { get; }

    /// <summary>Gets the total number of calls that counted neither as a success nor as a failure.</summary>
    public long Ignored { get; }

    /// <summary>Gets the total number of stale results: they arrived after their phase had ended and had no effect on the state. They are included in the requests, except those whose lease expired and was counted.</summary>
    public long Stale { get; }

    /// <summary>Gets the total number of calls that their caller abandoned after at least <see cref="FluxgateBreakerSettings.AbandonedAfter"/>. They are included in the failures.</summary>
    public long AbandonedFailures { get; }

    /// <summary>Gets the total number of calls that were ignored because their caller abandoned them: earlier and without progress, or while the application stopped. They are included in the ignored calls.</summary>
    public long AbandonedIgnored { get; }

    /// <summary>Gets the number of admitted calls that have not settled.</summary>
    public long InFlight { get; }

    /// <summary>
    /// Gets how long the oldest call in flight has been in flight, rounded down by at most a twelfth of the shortest slow threshold of the rule.
    /// Probes, and calls that were admitted under other slow thresholds, are not included.
    /// </summary>
    /// <value><see langword="null"/> if there is no such call, or if the rule has no slow threshold.</value>
    public TimeSpan? OldestInFlight { get; }

    /// <summary>Gets the number of probes of this half-open phase that have not settled; 0 in other states.</summary>
    public int HalfOpenInFlight { get; }

    /// <summary>Gets the total number of rejected calls.</summary>
    public long Rejected => _rejected.Sum();

    /// <summary>Gets the number of recorded calls in the window.</summary>
    public long WindowRequests { get; }

    /// <summary>Gets the number of failures in the window.</summary>
    public long WindowFailures { get; }

    /// <summary>Gets the ratio of failures to calls in the window, 0 to 1; <see langword="null"/> while the window is empty.</summary>
    public double? FailureRate { get; }

    /// <summary>Gets the ratio of successes to calls in the window, 0 to 1; <see langword="null"/> while the window is empty.</summary>
    public double? SuccessRate { get; }

    /// <summary>Gets the slow calls by threshold, in ascending order: the thresholds of the rule, and the most recent ones that a reconfiguration removed from it, at most 16 in total.</summary>
    public IReadOnlyList<SlowCallCount> SlowCalls { get; }

    /// <summary>Gets the number of failures in a row in this phase.</summary>
    public long ConsecutiveFailures { get; }

    /// <summary>Gets the number of successes since the last failure in this phase.</summary>
    public long ConsecutiveSuccesses { get; }

    /// <summary>Gets how often the circuit has returned from half-open to open since it was last closed, without manual calls.</summary>
    public long Reopens => _history.Reopens;

    /// <summary>Gets the total number of times that the tripper fired without opening the circuit: in the metrics-only state, or because of the <c>MaxOpenRatio</c> of its group. A timed trip in the metrics-only state counts too.</summary>
    public long WouldTrips => _history.WouldTrips;

    /// <summary>Gets the sequence number of the last signal, which is the number of transitions.</summary>
    public long SignalCount => _history.Signals;

    /// <summary>Gets the total number of signals that were dropped because too many waited for a listener.</summary>
    public long SignalsDropped { get; }

    /// <summary>
    /// Evaluates a rule on the calls of this snapshot, leaf by leaf: for a page that shows how far the circuit is from opening, or for the preview of
    /// another rule. If overdue calls exist and the rule does not fire without them, they are included, as the breaker does.
    /// </summary>
    /// <param name="tripper">The rule; by default, the circuit's own.</param>
    /// <returns>
    /// The evaluation. While the circuit is open, disabled or forced open, there are no calls. In another rule, a leaf is unknown if it needs
    /// durations or a slow-call threshold that the circuit's own rule does not use. Runs <see cref="Tripper.Fires"/> of a user's leaves; their errors are not counted.
    /// </returns>
    public RuleEvaluation Evaluate(Tripper? tripper = null)
    {
        var rule = tripper ?? _rules!.Tripper;
        var recorded = rule.Evaluate(ContextOf(_window));
        return _overdue is null || recorded.Fires == true ? recorded : rule.Evaluate(ContextOf(_overdue.Window, _overdue.Calls));
    }

    /// <summary>Returns the total number of calls that were rejected in one state.</summary>
    /// <param name="state">The state.</param>
    /// <returns>The number; 0 for states that reject no calls.</returns>
    public long RejectedIn(BreakerState state) => state.IsKnown() ? _rejected[(int)state] : 0;

    /// <summary>Returns the total number of transitions from one state to another.</summary>
    /// <param name="oldState">The old state.</param>
    /// <param name="newState">The new state.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is not one of the six states.</exception>
    public long Transitions(BreakerState oldState, BreakerState newState)
    {
        _ = oldState.ToLabel();
        _ = newState.ToLabel();
        return _history.Transitions(oldState, newState);
    }

    /// <summary>Returns the total number of errors in user code from one source.</summary>
    /// <param name="source">The kind of user code.</param>
    /// <returns>The number.</returns>
    public long UserErrors(UserErrorSource source) => (uint)source < (uint)_userErrors.Length ? _userErrors[(int)source] : 0;

    /// <summary>Returns the histograms of call durations, one for each state that admitted calls. The breakers of a group share those of the group.</summary>
    /// <param name="buckets">The buckets that a listener of the breaker requires; by default, <see cref="DurationBuckets.Default"/>.</param>
    /// <returns>The histograms; empty if no listener requires these buckets.</returns>
    public IEnumerable<StateDurations> Durations(DurationBuckets? buckets = null) =>
        _durations.Where(durations => durations.Durations.Buckets.Equals(buckets ?? DurationBuckets.Default));

    /// <summary>Gets the histograms of all buckets.</summary>
    internal ReadOnlySpan<StateDurations> AllDurations => _durations;

    /// <summary>Returns one line for logs and debuggers.</summary>
    /// <returns>The name, the state and the reason.</returns>
    public override string ToString() => OneLine.Of($"{CircuitName}: {State.ToLabel()} ({Reason})");

    /// <summary>Gets the numbers of all transitions, by old state and then by new state.</summary>
    internal ReadOnlySpan<long> AllTransitions => _history.AllTransitions;

    private TripperContext ContextOf(in CallCounts window, in CallCounts overdue = default) =>
        new(
            State == BreakerState.HalfOpen ? State : BreakerState.Closed,
            window,
            ConsecutiveFailures,
            _rules?.SlowThresholds ?? SlowThresholds.None,
            State == BreakerState.HalfOpen ? _rules?.ProbeLimit : null,
            overdue
        )
        {
            DurationsAreUnknown = _rules is not { NeedsDurations: true },
        };

    private SlowCallCount[] SlowCallsOf(KeyValuePair<TimeSpan, long>[] slow, SlowThresholds thresholds, in InFlightReading inFlight)
    {
        var counts = slow.Length == 0 ? [] : new SlowCallCount[slow.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            var (threshold, total) = slow[i];
            counts[i] = thresholds.IndexOf(threshold) is >= 0 and var index
                ? new(threshold, total, RateOf(_window.Slow(index)), Math.Min(inFlight.Overdue(threshold), InFlight))
                : new(threshold, total, Rate: null, Overdue: null);
        }

        return counts;
    }

    private double? RateOf(long part) => WindowRequests == 0 ? null : (double)part / WindowRequests;
}
