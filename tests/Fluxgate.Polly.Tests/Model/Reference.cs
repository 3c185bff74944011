namespace Fluxgate;

/// <summary>
/// The rules of the state machine in their simplest form: it keeps lists of calls, computes everything from them, evaluates the tripper after
/// every recorded call, and is single-threaded. The engine must behave the same. Numbers in parentheses are the rules.
/// </summary>
internal sealed partial class Reference
{
    private readonly Faults _faults;
    private readonly SharedRandom _random;
    private readonly Coverage _visits;
    private readonly List<Recorded> _recorded = [];
    private readonly List<Call> _probes = [];
    private readonly TimeSpan _instant;
    private Plan _plan;
    private TimeSpan _startedAt;
    private TimeSpan _windowStartedAt;
    private int _asked;
    private int _admitted;
    private int _ignoredInARow;

    public Reference(Plan plan, TimeSpan instant, Faults faults, DateTimeOffset wall, Coverage visits)
    {
        _instant = instant;
        (_plan, _faults, _visits) = (plan, faults, visits);
        _random = new(plan.RandomSource, faults);
        (Wall, EnteredAt, State) = (wall, wall, plan.InitialState);
        StartBreak(State == BreakerState.Open ? DrawBreak() : default);
        NoteThresholds();
        StartPhase();
        Wake();
    }

    /// <summary>Gets the time since the breaker was created.</summary>
    public TimeSpan Now { get; private set; }

    public DateTimeOffset Wall { get; private set; }

    public BreakerState State { get; private set; }

    public long Number { get; private set; } = 1;

    /// <summary>Gets what a listener receives, one line each.</summary>
    public List<string> Events { get; } = [];

    public DateTimeOffset EnteredAt { get; private set; }

    private TimeSpan InPhaseFor => Now - _startedAt;

    /// <summary>Gets n of rule 4.</summary>
    private int? ProbeLimit
    {
        get
        {
            var counts = _plan.Recovery.Leaves.OfType<RecoverySpec.AfterProbes>().Select(leaf => leaf.Count).ToList();
            return counts.Count > 0 ? counts.Max()
                : _plan.Recovery.Leaves.Any(leaf => leaf is RecoverySpec.WhenQuiet) ? null
                : 10;
        }
    }

    /// <summary>Admits a call, or returns <see langword="null"/> if it is rejected.</summary>
    public Call? Admit()
    {
        ExpireLeases();
        OpenEpoch();
        if (BreakIsOver && MayProbe("a call"))
        {
            Go(BreakerState.HalfOpen, ReasonKind.BreakElapsed); // (3)
        }

        var admitted = State switch
        {
            BreakerState.Open or BreakerState.ForcedOpen => false,
            BreakerState.HalfOpen => AdmitsProbe(),
            _ => true,
        };
        _visits.Count(admitted ? $"admitted in {State}" : $"rejected in {State}");
        if (!admitted)
        {
            _rejected[(int)State]++;
            return null;
        }

        var call = new Call(Number, State, Now, _plan, State == BreakerState.HalfOpen || Measures || _plan.AsksForDurations);
        if (State != BreakerState.Disabled)
        {
            _started++;
        }

        if (State == BreakerState.HalfOpen)
        {
            _admitted++;
            _probes.Add(call);
        }

        if (CurrentPhaseCalls is { } phaseCalls)
        {
            call.PhaseCalls = phaseCalls;
            _inFlight.Add(call);
        }

        return call;
    }

    /// <summary>Settles a call and returns the signal that this caused, if any.</summary>
    public string? Settle(Call call, Verdict verdict, TimeSpan? duration)
    {
        if (call.AdmittedBy == BreakerState.Disabled)
        {
            return null; // (5): does nothing else, then or later.
        }

        _inFlight.Remove(call);

        // The rules of its phase apply: the current ones while the phase continues, and those of its admission if it is stale.
        var judgedBy = call.Phase == Number && !call.IsSpent ? _plan : call.Plan;
        var caused = ExpireLeases();
        var took = duration ?? (call.IsMeasured ? Now - call.At : TimeSpan.Zero);
        if (call.Expired)
        {
            _stale++;
            _visits.Count("result of an expired probe");
            if (verdict == Verdict.Success)
            {
                Events.Add($"a probe with a lease of {call.Lease} succeeded after {took} at {Wall:O}");
                _visits.Count("success after the lease");
            }

            return caused;
        }

        Total(verdict, took, judgedBy.Rule);
        if (call.Phase != Number || call.IsSpent)
        {
            _stale++;
            _visits.Count(call.IsSpent ? "result of a call that was overdue at a would-trip" : "stale result");
            return caused;
        }

        if (duration is null && Measures && !call.IsMeasured)
        {
            _visits.Count("measured too late");
        }

        _probes.Remove(call);
        return verdict == Verdict.Ignored ? Ignore() : Record(verdict == Verdict.Failure, took);
    }

    /// <summary>Returns the verdict on a call that its caller abandons now: a failure if it waited for long.</summary>
    public Verdict Abandon(Call call)
    {
        if (call.AdmittedBy == BreakerState.Disabled)
        {
            return Verdict.Ignored;
        }

        var waited = Now - call.At >= FluxgateDefaults.AbandonedAfter;
        _abandonedFailures += waited ? 1 : 0;
        _abandonedIgnored += waited ? 0 : 1;
        _visits.Count($"abandoned {(waited ? "after a long wait" : "early")}");
        return waited ? Verdict.Failure : Verdict.Ignored;
    }

    /// <summary>Counts a predicate that threw (8); no predicate is called while disabled (5).</summary>
    public void PredicateFailed(Call call)
    {
        if (call.AdmittedBy != BreakerState.Disabled)
        {
            Error(UserErrorSource.Predicate);
        }
    }

    /// <summary>Runs a manual call (6).</summary>
    public string? ByHand(BreakerState to)
    {
        _visits.Count($"by hand {State} -> {to}");
        if (State == to)
        {
            if (to == BreakerState.Closed)
            {
                Number++;
                _reopens = 0;
                StartPhase();
            }

            return null;
        }

        _reopens = to == BreakerState.Closed ? 0 : _reopens;
        return Go(to, ReasonKind.Manual, to == BreakerState.Open ? DrawBreak() : default);
    }

    /// <summary>Advances time; with timers, everything happens when it is due.</summary>
    public void Pass(TimeSpan time)
    {
        var target = Now + time;
        while (true)
        {
            if (_plan.ProbeWithoutTraffic && NextDue is { } due && due <= target)
            {
                MoveTo(due);
                Wake();
                ExpireLeases();
            }
            else if (CurrentPhaseCalls is { TimerAt: { } timer } phaseCalls && timer <= target)
            {
                MoveTo(timer);
                OnOverdueTimer(phaseCalls);
            }
            else
            {
                break;
            }
        }

        MoveTo(target);
    }

    public void WallClockJumps(TimeSpan by) => Wall += by;

    /// <summary>Returns the next moment of a kind, or <see langword="null"/> if there is none ahead.</summary>
    public TimeSpan? Next(DueTime deadline)
    {
        var halfOpen = State == BreakerState.HalfOpen;
        return deadline switch
        {
            DueTime.EndOfBreak => State == BreakerState.Open && !NeverEnds ? _startedAt + _breakEnd : null,
            DueTime.OldestLease => FirstToExpire?.Deadline,
            DueTime.NextBucket => NextBucketAt(),
            DueTime.OverdueTimer => CurrentPhaseCalls?.TimerAt,
            DueTime.EndOfRamp => halfOpen && Ramp > TimeSpan.Zero ? _startedAt + Ramp : null,
            _ => halfOpen && _plan.Recovery.Leaves.OfType<RecoverySpec.After>().FirstOrDefault() is { } after
                ? _startedAt + after.Duration
                : null,
        };
    }

    /// <summary>Gets the oldest of the probes with the earliest deadline.</summary>
    private Call? FirstToExpire => _probes.MinBy(probe => probe.Deadline);

    private TimeSpan? NextDue =>
        State switch
        {
            BreakerState.Open => Next(DueTime.EndOfBreak),
            BreakerState.HalfOpen => Next(DueTime.OldestLease),
            _ => null,
        };

    private void MoveTo(TimeSpan time)
    {
        Wall += time - Now;
        Now = time;
    }

    private void Wake()
    {
        if (_plan.ProbeWithoutTraffic && BreakIsOver && MayProbe("the timer"))
        {
            _visits.Count("probing without traffic");
            Go(BreakerState.HalfOpen, ReasonKind.BreakElapsed);
        }
    }

    /// <summary>A call of the reference.</summary>
    public sealed class Call(long phase, BreakerState admittedBy, TimeSpan at, Plan plan, bool isMeasured)
    {
        public long Phase => phase;

        public BreakerState AdmittedBy => admittedBy;

        public TimeSpan At => at;

        /// <summary>Gets the settings at its admission: its lease, and its thresholds if its result is stale.</summary>
        public Plan Plan => plan;

        /// <summary>Gets whether the rules required its duration at its admission.</summary>
        public bool IsMeasured => isMeasured;

        public TimeSpan Lease => plan.Lease;

        public TimeSpan Deadline => at + plan.Lease;

        public bool Expired { get; set; }

        /// <summary>Gets or sets the calls among which it is followed, if it can become overdue.</summary>
        public PhaseCalls? PhaseCalls { get; set; }

        /// <summary>Gets or sets whether it was overdue when a would-trip was counted.</summary>
        public bool IsSpent { get; set; }
    }

    private sealed record Recorded(TimeSpan At, bool Failed, TimeSpan Took, bool InWindow);
}
