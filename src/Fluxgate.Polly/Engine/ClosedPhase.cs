using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// Admits and records every call, and evaluates the tripper. When it fires, closed opens the circuit, and metrics-only counts what it would
/// have done.
/// </summary>
/// <remarks>The hot path. No lock, no clock but the one that a rule asks for, and no allocation but one each time that a bucket of a time window is over.</remarks>
internal sealed class ClosedPhase : Phase
{
    // So many calls at most may be between their recording and their evaluation for one evaluation to cover them all.
    private const int MostPlaces = 64;

    private readonly LedgerWindow _window;
    private readonly BucketWindow? _buckets;
    private readonly Tripper? _tripper;
    private readonly Clock _clock;
    private readonly Clock _watch;
    private readonly Durations? _durations;
    private readonly bool _ruleTimesCalls;
    private readonly bool _notesEveryCall;
    private readonly bool _asksEveryCall;
    private readonly long _leastStreak;
    private readonly Streak _streak;

    public ClosedPhase(PhaseStart start, BreakerState state)
        : base(start)
    {
        State = state;
        var before = start.Continues as ClosedPhase;
        _streak = before?._streak.On(Ledger) ?? new(Ledger);
        _durations = Machine.Durations;
        _clock = Clock;

        // The clock that decides here. Where listeners time every call, its reading at the end of a call serves the window too.
        _watch = Rules.AllowsCoarseClock && _durations is not { AlwaysWanted: true } ? _clock.Coarse : _clock;

        // Metrics-only decides as if closed, so our windows start as if closed.
        _window =
            before is not null && ReferenceEquals(before.Ledger, Ledger)
                ? before._window.WithNewAlarm()
                : Rules.Window.StartOn(Ledger, _watch, BreakerState.Closed) ?? UserCode.StartWindow(this);
        _buckets = _window as BucketWindow;
        _tripper = UserCode.Continue(before?._tripper, before?.Rules.Tripper, Rules.Tripper, part => part.Start(), UserErrorSource.Tripper);
        _ruleTimesCalls = Ledger.IsTimed;
        _notesEveryCall = _ruleTimesCalls || _window is UserWindow;
        _asksEveryCall = Rules.EvaluatesEveryCall || _window is UserWindow;
        _leastStreak = Rules.LeastStreak;
    }

    public override BreakerState State { get; }

    /// <summary>Admits a call.</summary>
    /// <returns>No ticket when the phase is over.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Ticket Start()
    {
        var start = _ruleTimesCalls || _durations is not null ? Now() : CallStart.Untimed;
        return Ledger.TryCount(Ledger.Started) ? new(this, start) : default;
    }

    public override AdmitResult Admit(out Ticket ticket, out Signal? caused)
    {
        caused = null;
        ticket = Start();
        return ticket.IsNone ? AdmitResult.PhaseOver : AdmitResult.Admitted;
    }

    public override Signal? Settle(Ticket ticket, Verdict verdict, long durationTicks, long breakTicks)
    {
        var time = durationTicks >= 0 || ticket.Start.IsTimed ? ticket.Start.Elapsed(_clock, durationTicks) : default;
        var now = 0L;
        if (_buckets is not null && verdict != Verdict.Ignored)
        {
            now = time.EndedAt is { } end && time.IsExact == IsExact ? end : _watch.Now;
            _buckets.Advance(now);
        }

        if (!Ledger.TryCount(Ledger.CounterOf(verdict)))
        {
            return Machine.SettleLate(this, ticket, verdict, durationTicks, breakTicks);
        }

        if (_durations is not null && time.IsExact)
        {
            _durations.Record(State, time.Ticks);
        }

        return verdict == Verdict.Ignored ? null : Record(verdict == Verdict.Failure, DecidingTicks(time), now, breakTicks);
    }

    public override Signal? Reconsider(Phase from, long failures, long breakTicks) =>
        Ask(LedgerWindow.Unknown, from is ClosedPhase other && other._streak.IsSame(_streak) ? failures : 0, _window.Now(), breakTicks);

    public override PhaseReading Read() => new(_window.Read(), _streak.Failures(), _streak.Successes());

    private Signal? Record(bool failed, long durationTicks, long windowNow, long breakTicks)
    {
        var ask = _asksEveryCall;
        var place = LedgerWindow.Unknown;
        if (failed || _notesEveryCall)
        {
            var reached = _ruleTimesCalls ? Measure(durationTicks) : 0;
            place = _window.Added(failed, durationTicks, reached);
            ask |= reached > 0;
        }

        // Read after the ledger's exchange, which is a full fence: see Alarm.
        var alarm = _window.Alarm.Word;
        ask |= Alarm.RingsOnSuccess(alarm);
        var failures = 0L;
        if (failed)
        {
            failures = _streak.Failed();
            ask |= failures >= _leastStreak || _window.HoldsFailures(place, Alarm.LeastFailures(alarm));
        }

        return ask || IsContinued ? Ask(place, failures, windowNow, breakTicks) : null;
    }

    // A listener's clock comes first: it is exact, and so serves every rule.
    private CallStart Now() =>
        _durations is { Wanted: true } ? CallStart.Exact(_clock.Now)
        : !_ruleTimesCalls ? CallStart.Untimed
        : IsExact ? CallStart.Exact(_watch.Now)
        : CallStart.Coarse(_watch.Now);

    private bool IsExact => ReferenceEquals(_watch, _clock);

    // A call that started under a rule that allows the coarse clock, and settles under one that does not, took at least this long.
    private long DecidingTicks(in CallTime time) =>
        time is { IsExact: false, EndedAt: not null } && IsExact ? Math.Max(0, time.Ticks - Clock.CoarseStep.Ticks) : time.Ticks;

    /// <summary>Adds a call's duration where a rule asks for it.</summary>
    /// <returns>How many of the slow thresholds it reached.</returns>
    private int Measure(long durationTicks)
    {
        var reached = Ledger.SlowThresholds.Reached(durationTicks);
        if ((reached > 0 || Ledger.SumsDurations) && Ledger.AddDuration(durationTicks, reached) is not 0 and var lost)
        {
            Machine.Totals.AddSlow(Ledger.SlowThresholds, lost);
        }

        return reached;
    }

    /// <summary>Evaluates the tripper, and sets the alarm to ring when it must be evaluated again.</summary>
    /// <param name="place">The place of the call that asks, or <see cref="LedgerWindow.Unknown"/>.</param>
    /// <param name="failures">The failures in a row at that place; 0 where the call did not fail.</param>
    /// <param name="windowNow">The window's reading of the clock.</param>
    /// <param name="breakTicks">How long to break if this opens the circuit; 0 for what is configured.</param>
    private Signal? Ask(long place, long failures, long windowNow, long breakTicks)
    {
        if (IsContinued && !Machine.IsCurrent(this))
        {
            return Machine.Reconsidered(this, failures, breakTicks);
        }

        while (true)
        {
            var alarm = _window.Alarm;
            var seen = alarm.Word;
            var window = _window.Read(windowNow, out var last);
            if (_tripper is null)
            {
                return null;
            }

            // Others may have recorded calls since this one: no place where the rule could fire may be passed over.
            var first = place != LedgerWindow.Unknown ? place : last;
            var rings = !_asksEveryCall && Alarm.RingsOnSuccess(seen);
            if (rings)
            {
                first = Math.Min(first, alarm.LastEvaluation + 1);
            }

            for (var earlier = Math.Max(first, last - MostPlaces); earlier < last; earlier++)
            {
                if (TryFire(ContextOf(_window.ReadEarlier(windowNow, earlier), failures), breakTicks, out var earlierSignal))
                {
                    return earlierSignal;
                }
            }

            var reading = ContextOf(window, failures);
            if (TryFire(reading, breakTicks, out var signal))
            {
                return signal;
            }

            if (_asksEveryCall)
            {
                return null;
            }

            if (rings)
            {
                alarm.Evaluated(last, window);
            }

            // Where there are failures enough and only a minimum is missing, the next call may make it fire, a success too.
            var next = Alarm.Of(
                _tripper.FailuresToFire(BreakerState.Closed, reading.Requests),
                reading.Failures >= _tripper.LeastFailures(BreakerState.Closed, reading.Requests)
                    && UserCode.Fires(_tripper, reading.WaivingMinimums())
            );
            if (next == seen)
            {
                return null;
            }

            // Armed: sum again, since a call may have come between the sum and the alarm. Not armed: another thread was first.
            if (alarm.TrySet(next, seen) && !rings)
            {
                alarm.Evaluated(last, window);
            }
        }
    }

    private bool TryFire(in TripperContext reading, long breakTicks, out Signal? signal)
    {
        signal = null;
        if (!UserCode.Fires(_tripper!, reading))
        {
            return false;
        }

        var reason = UserCode.Explain(_tripper!, reading);
        if (State == BreakerState.Closed)
        {
            signal = Machine.Open(this, reason, History.Reopens, breakTicks);
        }
        else
        {
            Machine.WouldTrip(this, reason);
        }

        return true;
    }

    private TripperContext ContextOf(in CallCounts window, long failures) =>
        new(BreakerState.Closed, window, Math.Max(failures, _streak.Failures()), Rules.SlowThresholds);
}
