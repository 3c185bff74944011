namespace Fluxgate;

/// <summary>
/// The phase of an open circuit. It rejects every call until the break has ended. The first call afterwards moves the circuit to half-open
/// and is its first probe, unless the probe gate postpones the end.
/// </summary>
internal sealed class OpenPhase : Phase
{
    private readonly TimeSpan _breakFor;
    private BreakEnd _end;

    public OpenPhase(PhaseStart start, TimeSpan breakFor)
        : base(start)
    {
        _breakFor = breakFor;

        // A postponement holds as long as its break and its gate. If a call runs the gate during a reconfiguration, the result may come too
        // late for this object, which then calls the gate again.
        _end =
            start.Reconfigures is OpenPhase continued && breakFor == continued._breakFor && Rules.ProbeGate == continued.Rules.ProbeGate
                ? continued.End
                : new(Clock, start.Timestamp, breakFor);
    }

    public override BreakerState State => BreakerState.Open;

    /// <summary>Gets the duration of the break without postponements; <see langword="null"/> if it lasts until reset.</summary>
    public TimeSpan? BreakFor => _breakFor == TimeSpan.MaxValue ? null : _breakFor;

    /// <summary>Gets when the break ends, or when the probe gate is called again.</summary>
    public BreakEnd End => Volatile.Read(ref _end);

    /// <summary>Gets whether the probe gate has postponed the end.</summary>
    public bool IsPostponed => End.After != _breakFor;

    /// <summary>Returns the duration of this break under other rules. A new duration is drawn only if the break duration changed.</summary>
    public TimeSpan BreakUnder(Rules rules) => rules.KeepsBreakOf(Rules) ? _breakFor : UserCode.BreakFor(rules, History.Reopens, Reason);

    public override AdmitResult Admit(bool mayBeAbandoned, out Ticket ticket, out Signal? caused)
    {
        caused = null;
        var end = End;
        if (end.IsNever)
        {
            return Reject(CallStart.Untimed, out ticket);
        }

        if (end.IsBeforeEnd(Clock, out var coarse))
        {
            return Reject(CallStart.Coarse(coarse), out ticket);
        }

        var now = Clock.Now;
        if (now < end.At)
        {
            return Reject(CallStart.Exact(now), out ticket);
        }

        if (!MayProbe(end, isCall: true) && Machine.IsCurrent(this))
        {
            return Reject(CallStart.Exact(Clock.Now), out ticket);
        }

        ticket = default;
        caused = Machine.EndBreak(this);
        return AdmitResult.TryAgain;
    }

    public override long? IdleFrom => End is { IsNever: false } end ? end.IdleFrom : base.IdleFrom;

    public override Signal? Settle(Ticket ticket, Verdict verdict, long durationTicks, TripHint hint) => null;

    public override void OnTimer(long now)
    {
        var end = End;
        if (end.IsNever)
        {
            return;
        }

        if (now < end.At)
        {
            Machine.ScheduleTimer(this, Clock.Between(now, end.At));
            return;
        }

        if (Rules.ProbeGate is not null)
        {
            // Set the timer first, so that the break ends without calls even if the gate hangs.
            Machine.ScheduleTimer(this, FluxgateDefaults.UserCodePatience);
        }

        if (MayProbe(end, isCall: false))
        {
            Machine.EndBreak(this);
        }
        else if (End is var postponed && !ReferenceEquals(postponed, end))
        {
            Machine.ScheduleTimer(this, Clock.Between(Clock.Now, postponed.At));
        }
    }

    public override TimeSpan? RetryAfter(CallStart rejection) => End.From(rejection, Clock);

    /// <summary>Asks the probe gate whether probing may begin after the break. One thread asks at a time, and no lock is held.</summary>
    /// <param name="end">The end of the break that has passed.</param>
    /// <param name="isCall">Whether a call asks, and not the timer.</param>
    /// <returns><see langword="false"/> if the gate has postponed the end, or if another thread asks it.</returns>
    private bool MayProbe(BreakEnd end, bool isCall)
    {
        if (Rules.ProbeGate is null)
        {
            return true;
        }

        if (!TryBeginEnd(out var isHanging))
        {
            return false;
        }

        if (isHanging)
        {
            UserCode.ReportHangingGate();
            return true;
        }

        if (!ReferenceEquals(end, End))
        {
            // Another thread has postponed the end in between.
            CancelEnd();
            return false;
        }

        if (UserCode.CallProbeGate(this) is not { } wait)
        {
            return true;
        }

        Volatile.Write(ref _end, end.Postponed(Clock, StartedAt, wait, isCall));
        CancelEnd();
        if (isCall && Rules.ProbeWithoutTraffic)
        {
            Machine.ScheduleTimer(this, wait);
        }

        return false;
    }
}
