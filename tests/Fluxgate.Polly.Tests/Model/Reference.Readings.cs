namespace Fluxgate;

/// <content>The window, the tripper, and the contents of a snapshot.</content>
internal sealed partial class Reference
{
    private static readonly BreakerState[] States = Enum.GetValues<BreakerState>();

    private readonly long[] _rejected = new long[States.Length];
    private readonly long[] _errors = new long[Enum.GetValues<UserErrorSource>().Length];
    private readonly SortedDictionary<TimeSpan, long> _slow = [];
    private readonly Dictionary<(BreakerState From, BreakerState To), long> _transitions = [];
    private long _successes;
    private long _failures;
    private long _ignored;
    private long _stale;
    private long _abandonedFailures;
    private long _abandonedIgnored;
    private long _started;
    private long _sequence;
    private long _wouldTrips;
    private long _reopens;

    /// <summary>Gets the failures in a row, whatever the window contains (12).</summary>
    private int ConsecutiveFailures => _recorded.AsEnumerable().Reverse().TakeWhile(call => call.Failed).Count();

    private int ConsecutiveSuccesses => _recorded.AsEnumerable().Reverse().TakeWhile(call => !call.Failed).Count();

    /// <summary>Gets the rest of the break in whole milliseconds, rounded up; <see langword="null"/> if it is unknown.</summary>
    public TimeSpan? RetryAfter =>
        State == BreakerState.Open && !NeverEnds && !BreakIsOver
            ? TimeSpan.FromMilliseconds(Math.Ceiling((_breakEnd - InPhaseFor).Ticks / (double)TimeSpan.TicksPerMillisecond))
            : null;

    public long Transitions(BreakerState from, BreakerState to) => _transitions.GetValueOrDefault((from, to));

    /// <summary>Returns all observable values, in the order of <see cref="ObservedState.Names"/>.</summary>
    public object?[] Observe()
    {
        var window = ReadWindow();
        var ends = State == BreakerState.Open && !NeverEnds;
        return
        [
            State,
            Number,
            EnteredAt,
            ends ? EnteredAt + _breakEnd : null,
            RetryAfter,
            _successes,
            _failures,
            _ignored,
            _successes + _failures + _ignored,
            // Every settled call has a duration, once.
            _plan.AsksForDurations
                ? _successes + _failures + _ignored
                : 0,
            _stale,
            _abandonedFailures,
            _abandonedIgnored,
            _started - _successes - _failures - _ignored,
            OldestInFlight,
            _probes.Count,
            (long)window.Count,
            (long)window.Count(call => call.Failed),
            window.Count == 0 ? null : (double)window.Count(call => call.Failed) / window.Count,
            (long)ConsecutiveFailures,
            (long)ConsecutiveSuccesses,
            ObservedState.OfSlowCalls(
                _slow.Select(slow =>
                    (slow.Key, slow.Value, SlowThresholds.Contains(slow.Key) ? SlowRate(window, slow.Key) : null, OverdueNow(slow.Key))
                )
            ),
            _reopens,
            _wouldTrips,
            _sequence,
            .. _rejected,
            .. _errors,
        ];
    }

    /// <summary>Counts a result, as slow by the thresholds of the rule that applies to it.</summary>
    private void Total(Verdict verdict, TimeSpan took, RuleSpec rule)
    {
        _successes += verdict == Verdict.Success ? 1 : 0;
        _failures += verdict == Verdict.Failure ? 1 : 0;
        _ignored += verdict == Verdict.Ignored ? 1 : 0;
        foreach (var threshold in ThresholdsOf(rule).Where(threshold => verdict != Verdict.Ignored && took >= threshold))
        {
            _slow[threshold]++;
        }
    }

    /// <summary>Records a call in the window. A call for which a custom window throws is only in the totals and the streak.</summary>
    private bool RecordInWindow() =>
        _hasWindow && (_plan.Window is not WindowSpec.Own || Works(FaultPoint.WindowRecord, UserErrorSource.Window));

    private List<Recorded> ReadWindow()
    {
        if (!_hasWindow || (_plan.Window is WindowSpec.Own && !Works(FaultPoint.WindowRead, UserErrorSource.Window)))
        {
            return [];
        }

        var taken = _recorded.Where(call => call.InWindow).ToList();
        return (_plan.Window is WindowSpec.Own own ? own.Inner : _plan.Window) switch
        {
            WindowSpec.Count count => taken.TakeLast(count.Size).ToList(),
            // Nothing expires while half-open (4).
            WindowSpec.Time time when State != BreakerState.HalfOpen => taken
                .Where(call => BucketAt(time, Now) - BucketAt(time, call.At) < time.Buckets)
                .ToList(),
            _ => taken,
        };
    }

    /// <summary>Returns the bucket of a moment, counted from the start of the window (12).</summary>
    private long BucketAt(WindowSpec.Time time, TimeSpan moment) =>
        (long)((Int128)(moment - _windowStartedAt).Ticks * time.Buckets / time.Length.Ticks);

    private TimeSpan? NextBucketAt()
    {
        if ((_plan.Window as WindowSpec.Time ?? (_plan.Window as WindowSpec.Own)?.Inner) is not WindowSpec.Time time)
        {
            return null;
        }

        // The first moment of the next bucket, or the first instant after it if time has only whole milliseconds.
        var next = (BucketAt(time, Now) + 1) * time.Length / time.Buckets;
        var instants = (long)Math.Ceiling((_windowStartedAt + next) / _instant);
        return instants * _instant;
    }

    /// <summary>Evaluates the rule after every recorded call; returns false if it throws (8).</summary>
    private bool Fires(List<Recorded> window) =>
        _hasTripper && Guarded(UserErrorSource.Tripper, () => Fires(_plan.Rule, window), whenItThrows: false);

    private bool Fires(RuleSpec rule, List<Recorded> window) =>
        rule switch
        {
            RuleSpec.MinRequests minimum => window.Count >= AtMost(minimum.Count),
            RuleSpec.FailureRate rate => window.Count > 0 && FailureRate(window) >= rate.Ratio,
            RuleSpec.SlowRate rate => SlowRate(window, rate.Threshold) >= rate.Ratio,
            RuleSpec.AvgLatency latency => window.Count > 0
                && window.Sum(call => call.Took.Ticks) >= latency.Threshold.Ticks * window.Count,
            RuleSpec.FailureStreak streak => ConsecutiveFailures >= AtMost(streak.Count),
            RuleSpec.Closed => State is BreakerState.Closed or BreakerState.MetricsOnly,
            RuleSpec.HalfOpened => State == BreakerState.HalfOpen,
            RuleSpec.Own own => OwnTripperFires(own, window),
            RuleSpec.Both both => Fires(both.Left, window) && Fires(both.Right, window),
            RuleSpec.Either either => Fires(either.Left, window) || Fires(either.Right, window),
            _ => throw new NotSupportedException(rule.ToString()),
        };

    private bool OwnTripperFires(RuleSpec.Own own, List<Recorded> window)
    {
        _faults.At(FaultPoint.TripperFires);
        return window.Count(call => call.Failed) >= own.Failures;
    }

    /// <summary>Caps minimums and streaks at n while half-open (4).</summary>
    private int AtMost(int wanted)
    {
        var asked = State == BreakerState.HalfOpen && ProbeLimit is { } limit ? Math.Min(wanted, limit) : wanted;
        if (asked < wanted)
        {
            _visits.Count("clamped");
        }

        return asked;
    }

    /// <summary>Returns the leaves that fired (10), or nothing if a leaf throws in Explain.</summary>
    private string Explain(List<Recorded> window) =>
        Guarded(UserErrorSource.Tripper, () => string.Join(", ", Findings(_plan.Rule, window)), whenItThrows: "");

    private List<string> Findings(RuleSpec rule, List<Recorded> window)
    {
        switch (rule)
        {
            case RuleSpec.Both both:
                return [.. Findings(both.Left, window), .. Findings(both.Right, window)];
            case RuleSpec.Either either:
                var (left, right) = (Fires(either.Left, window), Fires(either.Right, window));
                return [.. left ? Findings(either.Left, window) : [], .. right ? Findings(either.Right, window) : []];
            case RuleSpec.MinRequests minimum:
                return [ObservedState.OfFinding("MinRequests", window.Count, AtMost(minimum.Count))];
            case RuleSpec.FailureRate rate:
                return [ObservedState.OfFinding("FailureRate", FailureRate(window), rate.Ratio)];
            case RuleSpec.SlowRate rate:
                return [ObservedState.OfFinding("SlowRate", SlowRate(window, rate.Threshold), rate.Ratio)];
            case RuleSpec.AvgLatency latency:
                var mean = TimeSpan.FromTicks(window.Sum(call => call.Took.Ticks) / window.Count);
                return [ObservedState.OfFinding("AvgLatency", mean.TotalSeconds, latency.Threshold.TotalSeconds)];
            case RuleSpec.FailureStreak streak:
                return [ObservedState.OfFinding("FailureStreak", ConsecutiveFailures, AtMost(streak.Count))];
            case RuleSpec.Own:
                _faults.At(FaultPoint.TripperExplains);
                return [ObservedState.OfFinding("ScriptedTripper", null, null)];
            case RuleSpec.Closed or RuleSpec.HalfOpened:
                return [ObservedState.OfFinding(rule.GetType().Name, null, null)];
            default:
                throw new NotSupportedException($"The model has no finding of {rule}.");
        }
    }

    // Compared as quotients: 0.1 * 30 is more than 3.
    private static double FailureRate(List<Recorded> window) => (double)window.Count(call => call.Failed) / window.Count;

    private static double? SlowRate(List<Recorded> window, TimeSpan threshold) =>
        window.Count == 0 ? null : (double)window.Count(call => call.Took >= threshold) / window.Count;
}
