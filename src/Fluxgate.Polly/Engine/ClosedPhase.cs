using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// The phase of a closed or metrics-only circuit. It admits and records every call and evaluates the tripper. When the tripper fires, a
/// closed circuit opens and a metrics-only circuit counts a would-trip.
/// </summary>
/// <remarks>
/// This is the hot path. An ordinary call takes no lock, allocates nothing and reads no clock that nothing needs. The first call of a bucket allocates,
/// and the first call of an epoch takes a lock.
/// </remarks>
internal sealed partial class ClosedPhase : Phase
{
    private readonly LedgerWindow _window;
    private readonly BucketWindow? _buckets;
    private readonly Tripper? _tripper;
    private readonly Clock _clock;
    private readonly Clock _decidingClock;
    private readonly Durations? _durations;
    private readonly Clock? _ruleClock;
    private readonly Clock? _abandonmentClock;

    // The shortest duration that the ledger adds.
    private readonly long _leastDuration;
    private readonly bool _addsEveryCall;
    private readonly bool _evaluatesEveryCall;
    private readonly long _leastStreak;
    private readonly Streak _streak;
    private Alarm _alarm;

    public ClosedPhase(PhaseStart start, BreakerState state)
        : base(start)
    {
        State = state;
        var continued = start.Reconfigures as ClosedPhase;
        _streak = continued?._streak.On(Ledger) ?? new(Ledger);
        _durations = Machine.Durations;
        _clock = Clock;

        // The clock on which the rule and the window measure time. If listeners time every call, one reading at the end of a call serves
        // both. All calls in flight of a slow-call rule start on one clock, and a listener may request durations at any time.
        _decidingClock =
            Rules.AllowsCoarseClock && _durations is not { IsAlwaysEnabled: true } && (_durations is null || !Ledger.IsTimed)
                ? _clock.Coarse
                : _clock;
        InFlight = CallsInFlight.Of(start, _decidingClock);

        _window =
            continued is not null && ReferenceEquals(continued.Ledger, Ledger)
                ? continued._window
                : Rules.Window.StartOn(Ledger, _decidingClock, State) ?? UserCode.StartWindow(this);
        _buckets = _window as BucketWindow;
        _alarm = _window.NewAlarm();
        _tripper = UserCode.Continue(
            continued?._tripper,
            continued?.Rules.Tripper,
            Rules.Tripper,
            part => part.Start(),
            UserErrorSource.Tripper
        );
        var ruleTimesCalls = Ledger.IsTimed;
        TimesCalls = ruleTimesCalls || _durations is not null;
        _ruleClock = ruleTimesCalls ? _decidingClock : null;
        _abandonmentClock =
            Rules.AbandonedAfterTicks == long.MaxValue ? null
            : Rules.AbandonedAfterTicks >= TimeSpan.TicksPerSecond ? _clock.Coarse
            : _clock;
        _leastDuration = Ledger.SumsDurations ? 0 : Ledger.SlowThresholds.Shortest.Ticks;
        _addsEveryCall = (ruleTimesCalls && _buckets is null) || _window is UserWindow;
        _evaluatesEveryCall = Rules.EvaluatesEveryCall || _window is UserWindow;
        _leastStreak = Rules.LeastStreak;
    }

    public override BreakerState State { get; }

    /// <summary>Admits a call.</summary>
    /// <param name="mayBeAbandoned">Whether the caller can give up. Then the call needs a start time.</param>
    /// <returns>The ticket of the call, or an empty ticket if the phase has ended or an epoch of the calls in flight must be opened.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Ticket Start(bool mayBeAbandoned)
    {
        // A listener needs the exact clock, which serves every rule too.
        var clock = _durations is { IsEnabled: true } ? _clock : _ruleClock ?? (mayBeAbandoned ? _abandonmentClock : null);
        var start =
            clock is null ? CallStart.Untimed
            : ReferenceEquals(clock, _clock) ? CallStart.Exact(clock.Now)
            : CallStart.Coarse(clock.Now);
        return (InFlight is { } calls ? calls.TryBegin(start) : Ledger.TryCount(Ledger.Started)) ? new(this, start) : default;
    }

    public override AdmitResult Admit(bool mayBeAbandoned, out Ticket ticket, out Signal? caused)
    {
        caused = null;
        ticket = Start(mayBeAbandoned);
        if (!ticket.IsNone)
        {
            return AdmitResult.Admitted;
        }

        if (InFlight is { } calls && calls.Open(History.WouldTrips))
        {
            caused = EvaluateOverdue();
        }

        return AdmitResult.TryAgain;
    }

    public override Signal? Settle(Ticket ticket, Verdict verdict, long durationTicks, TripHint hint)
    {
        var time = default(CallTime);
        if (durationTicks >= 0 || TimesCalls)
        {
            time = ticket.Elapsed(_clock, durationTicks);
        }

        var now = 0L;
        if (_buckets is not null && verdict != Verdict.Ignored)
        {
            now = time.HasEnd && time.IsExact == IsExact ? time.EndedAt : _decidingClock.Now;
            _buckets.Advance(now);
        }

        if (!Ledger.TryCount(Ledger.CounterOf(verdict)))
        {
            return Machine.SettleLate(this, ticket, verdict, durationTicks, hint);
        }

        if (_durations is not null && time.IsExact)
        {
            _durations.Record(State, time.Ticks);
        }

        return verdict == Verdict.Ignored ? null : Record(verdict == Verdict.Failure, DecidingTicks(time), now, hint);
    }

    public override long? IdleFrom => State == BreakerState.Closed ? StartedAt : base.IdleFrom;

    public override void Compact() => _buckets?.Compact();

    public override PhaseReading Read()
    {
        var window = _window.Read(_window.Now(), out var last);
        var overdue = ReadOverdue();
        return new(
            window,
            _streak.Failures(),
            _streak.Successes(),
            overdue.Requests > 0 ? new(overdue, _window.With(window, last, overdue)) : null
        );
    }

    private Signal? Record(bool failed, long durationTicks, long windowNow, TripHint hint)
    {
        var evaluate = _evaluatesEveryCall;
        var position = LedgerWindow.Unknown;
        var reached = durationTicks >= _leastDuration ? AddDuration(durationTicks) : 0;
        evaluate |= reached > 0;
        if (failed || _addsEveryCall)
        {
            position = _window.Added(failed, durationTicks, reached);
        }

        // Read the alarm after the ledger's exchange, which is a full fence. See Alarm.
        var alarm = CurrentAlarm.Word;
        evaluate |= Alarm.RingsOnSuccess(alarm);
        var failures = 0L;
        if (failed)
        {
            failures = _streak.Failed();
            evaluate |= failures >= _leastStreak || _window.HoldsFailures(position, Alarm.LeastFailures(alarm));
        }

        return evaluate || IsReconfigured ? Evaluate(position, failures, windowNow, hint) : null;
    }

    /// <summary>Gets the condition under which the tripper must be evaluated. Each bucket of a time window has its own.</summary>
    private Alarm CurrentAlarm
    {
        get
        {
            var alarm = Volatile.Read(ref _alarm);
            return _buckets is null || _buckets.IsCurrent(alarm) ? alarm : NextAlarm(_buckets, alarm);
        }
    }

    private Alarm NextAlarm(BucketWindow buckets, Alarm alarm)
    {
        var next = buckets.AlarmOfBucket();
        var found = Interlocked.CompareExchange(ref _alarm, next, alarm);
        return ReferenceEquals(found, alarm) ? next : found;
    }

    private bool IsExact => ReferenceEquals(_decidingClock, _clock);

    // A reconfiguration can replace a rule that allows the coarse clock with one that does not. Subtract one step: the call took at least
    // this long.
    private long DecidingTicks(CallTime time) =>
        time is { IsExact: false, HasEnd: true } && IsExact ? Math.Max(0, time.Ticks - Clock.CoarseStep.Ticks) : time.Ticks;

    /// <summary>Adds the duration of a call.</summary>
    /// <returns>The number of slow thresholds that the call reached.</returns>
    private int AddDuration(long durationTicks)
    {
        var reached = Ledger.SlowThresholds.Reached(durationTicks);
        if (Ledger.AddDuration(durationTicks, reached) is not 0 and var lost)
        {
            Machine.Totals.AddSlow(Ledger.SlowThresholds, lost);
        }

        return reached;
    }
}
