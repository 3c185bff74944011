namespace Fluxgate;

/// <summary>A phase that lets every call in, records it, and asks the tripper: closed, and metrics-only, which differ in what a trip does.</summary>
/// <remarks>The hot path. No lock, no clock but the one that a rule asks for, and no allocation but one each time that a bucket of a time window is over.</remarks>
internal abstract class RecordingPhase : Phase
{
    private readonly LedgerWindow? _window;
    private readonly WindowState? _userWindow;
    private readonly Tripper? _tripper;
    private readonly Clock _watch;
    private readonly bool _measured;
    private readonly Durations? _durations;
    private readonly Clock _clock;
    private readonly bool _alwaysTimed;
    private readonly bool _asksEveryCall;
    private readonly long _leastStreak;
    private readonly Streak _streak;

    protected RecordingPhase(PhaseStart start)
        : base(start)
    {
        var before = start.Continues as RecordingPhase;
        var keepsWindow = before is not null && Rules.KeepsWindowOf(before.Rules);
        _streak = before?._streak ?? new();
        _durations = Breaker.Durations;
        _clock = Clock;

        // The clock that decides here. Where listeners time every call, its end is the window's reading too.
        _alwaysTimed = _durations is { AlwaysWanted: true };
        _watch = Rules.BearsCoarseTime && !_alwaysTimed ? _clock.Coarse : _clock;
        if (!keepsWindow)
        {
            // Metrics-only asks as if closed, so our windows start as if closed.
            _window = Rules.Window.StartOn(Ledger, _watch, BreakerState.Closed);
            _userWindow = _window is null ? UserCode.StartWindow(Rules, State, Clock) : null;
        }

        _tripper = UserCode.Continue(before?._tripper, before?.Rules.Tripper, Rules.Tripper, part => part.Start(), UserErrorSource.Tripper);
        if (keepsWindow)
        {
            // Last, and so near the swap: what the old object's window forgets in between it would forget again.
            (_window, _userWindow) = (before!._window?.Continue(Ledger), before._userWindow);
        }

        _measured = Ledger.IsMeasured;
        _asksEveryCall = Rules.AsksEveryCall;
        _leastStreak = Rules.LeastStreak;
    }

    public sealed override Admittance Admit(out Ticket ticket, ref Caused caused)
    {
        ticket = new(
            this,
            _alwaysTimed || _durations is { Wanted: true } ? _clock.Now
                : _measured ? Ticket.Stamp(_clock, _watch)
                : Ticket.Untimed
        );
        return Ledger.TryCount(Ledger.Started) ? Admittance.Admitted : Admittance.PhaseOver;
    }

    public sealed override Signal? Settle(in Ticket ticket, Verdict verdict, long durationTicks, long breakTicks)
    {
        var (now, exact) = (0L, true);
        if (durationTicks < 0 && ticket.IsTimed)
        {
            var clock = ticket.ClockOf(_clock);
            var end = clock.Now;
            durationTicks = ticket.ElapsedTicks(_clock, end);
            (now, exact) = (ReferenceEquals(clock, _watch) ? end : 0, ReferenceEquals(clock, _clock));
            if (!exact && !ReferenceEquals(clock, _watch))
            {
                // Begun under a rule that bore the coarse clock, settled under a finer one: it took so long at least.
                durationTicks = Math.Max(0, durationTicks - Clock.CoarseStep.Ticks);
            }
        }

        var windowNow = 0L;
        if (_window is not null && verdict != Verdict.Ignored)
        {
            windowNow = _window.Now(now);
            _window.Advance(windowNow);
        }

        if (!Ledger.TryCount(Ledger.WordOf(verdict)))
        {
            return Breaker.SettleLate(ticket, verdict, exact ? durationTicks : FluxgateBreaker.Unmeasured, breakTicks);
        }

        if (_durations is not null && exact && durationTicks >= 0)
        {
            _durations.Record(State, durationTicks);
        }

        var failed = verdict == Verdict.Failure;
        durationTicks = Math.Max(durationTicks, 0);
        return verdict == Verdict.Ignored ? null
            : _window is null ? RecordInUserWindow(failed, durationTicks, breakTicks)
            : Record(_window, failed, durationTicks, windowNow, breakTicks);
    }

    public sealed override Signal? Reconsider(long breakTicks) =>
        _window is null ? AskOnUserWindow(breakTicks) : Ask(_window.Now(0), breakTicks);

    public sealed override PhaseReading Read() =>
        new(
            _window is null ? UserCode.Read(_userWindow) : _window.Read(_window.Now(0)),
            _streak.Failures(Ledger),
            _streak.Successes(Ledger),
            0
        );

    /// <summary>The tripper has fired.</summary>
    protected abstract Signal? Fired(Tripper tripper, in Reading reading, long breakTicks);

    private Signal? Record(LedgerWindow window, bool failed, long durationTicks, long windowNow, long breakTicks)
    {
        var ask = _asksEveryCall;
        if (failed || _measured)
        {
            var reached = _measured ? Measure(durationTicks) : 0;
            window.Added(failed, durationTicks, reached);
            ask |= reached > 0;
        }

        // Read after the ledger's exchange, which is a full fence: see Alarm.
        var alarm = window.Alarm.Word;
        ask |= Alarm.RingsOnSuccess(alarm);
        if (failed)
        {
            ask |= _streak.Failed(Ledger) >= _leastStreak || window.HoldsFailures(Alarm.LeastFailures(alarm));
        }

        return ask || GoesOn ? Ask(windowNow, breakTicks) : null;
    }

    /// <summary>Adds a call's duration where a rule asks for it.</summary>
    /// <returns>How many of the slow thresholds it reached.</returns>
    private int Measure(long durationTicks)
    {
        var reached = Ledger.SlowThresholds.Reached(durationTicks);
        if (reached > 0 || Ledger.SumsDurations)
        {
            Breaker.MeasureLate(this, Ledger.Measure(durationTicks, reached));
        }

        return reached;
    }

    /// <summary>Asks the tripper, and sets the alarm to ring when it must be asked again.</summary>
    private Signal? Ask(long windowNow, long breakTicks)
    {
        if (GoesOn && Breaker.Reconsidered(this, breakTicks) is { } signal)
        {
            return signal;
        }

        while (true)
        {
            var alarm = _window!.Alarm;
            var seen = alarm.Word;
            var reading = Reading(_window.Read(windowNow));
            if (_tripper is null)
            {
                return null;
            }

            if (UserCode.Fires(_tripper, reading))
            {
                return Fired(_tripper, reading, breakTicks);
            }

            if (_asksEveryCall)
            {
                return null;
            }

            // Where there are failures enough and only a minimum is missing, the next success may make it fire.
            var least = _tripper.LeastFailures(BreakerState.Closed, reading.Requests);
            var next = Alarm.Of(least, reading.Failures >= least && UserCode.Fires(_tripper, reading.WaivingMinimums()));
            if (next == seen)
            {
                return null;
            }

            // Armed: sum again, since a call may have come between the sum and the alarm. Not armed: another thread was first.
            alarm.TrySet(next, seen);
        }
    }

    private Signal? RecordInUserWindow(bool failed, long durationTicks, long breakTicks)
    {
        if (_measured)
        {
            Measure(durationTicks);
        }

        if (failed)
        {
            _streak.Failed(Ledger);
        }

        UserCode.Record(_userWindow, Ledger.SlowThresholds.Call(failed, _measured ? durationTicks : 0));
        return AskOnUserWindow(breakTicks);
    }

    private Signal? AskOnUserWindow(long breakTicks)
    {
        if (GoesOn && Breaker.Reconsidered(this, breakTicks) is { } signal)
        {
            return signal;
        }

        var reading = Reading(UserCode.Read(_userWindow));
        return _tripper is not null && UserCode.Fires(_tripper, reading) ? Fired(_tripper, reading, breakTicks) : null;
    }

    private Reading Reading(in Tally window) => new(BreakerState.Closed, window, _streak.Failures(Ledger), Rules.SlowThresholds);
}
