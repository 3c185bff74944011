namespace Fluxgate;

/// <summary>
/// The phase of an open circuit. It rejects every call until the break has elapsed. The first call afterwards moves the circuit to
/// half-open and is its first probe.
/// </summary>
internal sealed class OpenPhase : Phase
{
    // Longer breaks use the exact clock. They are rare, and the arithmetic of the coarse clock is bounded.
    private static readonly TimeSpan LongestCoarseBreak = TimeSpan.FromDays(365);

    private readonly TimeSpan _breakFor;
    private readonly long _until;

    // Readings of the coarse clock. The break has not elapsed before the lower bound, and has elapsed at the upper bound.
    private readonly long _coarseLowerBound = long.MinValue;
    private readonly long _coarseUpperBound;

    public OpenPhase(PhaseStart start, TimeSpan breakFor)
        : base(start)
    {
        _breakFor = breakFor;
        _until = breakFor == TimeSpan.MaxValue ? long.MaxValue : Clock.After(start.Timestamp, Clock.Units(breakFor));
        if (breakFor > LongestCoarseBreak || !Clock.HasCoarse)
        {
            return;
        }

        // The coarse clock lags by at most one step, now and later. The thread may be suspended between the readings, so each bound uses
        // the reading that is safe for it.
        var before = Clock.Now;
        var coarse = Clock.Coarse.Now;
        _coarseLowerBound = coarse + Clock.Coarse.Units(Clock.Between(Clock.Now, _until) - Clock.CoarseStep) - 1;
        _coarseUpperBound = coarse + Clock.Coarse.Units(Clock.Between(before, _until) + Clock.CoarseStep) + 1;
    }

    public override BreakerState State => BreakerState.Open;

    /// <summary>Gets the duration of the break; <see langword="null"/> if it lasts until reset.</summary>
    public TimeSpan? BreakFor => _breakFor == TimeSpan.MaxValue ? null : _breakFor;

    /// <summary>Returns the duration of this break under other rules. A new duration is drawn only if the break duration changed.</summary>
    public TimeSpan BreakUnder(Rules rules) => rules.KeepsBreakOf(Rules) ? _breakFor : UserCode.BreakFor(rules, History.Reopens, Reason);

    public override AdmitResult Admit(bool mayBeAbandoned, out Ticket ticket, out Signal? caused)
    {
        caused = null;
        if (_until == long.MaxValue)
        {
            return Reject(CallStart.Untimed, out ticket);
        }

        if (_coarseLowerBound != long.MinValue && Clock.Coarse.Now is var coarse && coarse < _coarseLowerBound)
        {
            return Reject(CallStart.Coarse(coarse), out ticket);
        }

        var now = Clock.Now;
        if (now < _until)
        {
            return Reject(CallStart.Exact(now), out ticket);
        }

        ticket = default;
        caused = Machine.EndBreak(this);
        return AdmitResult.TryAgain;
    }

    public override long? IdleFrom => _until == long.MaxValue ? base.IdleFrom : _until;

    public override Signal? Settle(Ticket ticket, Verdict verdict, long durationTicks, long breakTicks) => null;

    public override void OnTimer(long now)
    {
        if (_until == long.MaxValue)
        {
            return;
        }

        if (now >= _until)
        {
            Machine.EndBreak(this);
        }
        else
        {
            Machine.ScheduleTimer(this, Clock.Between(now, _until));
        }
    }

    // Never too early. A delay truncates fractions of a millisecond, and system timers use the coarse clock, which may lag.
    public override TimeSpan? RetryAfter(CallStart rejection)
    {
        if (_until == long.MaxValue)
        {
            return null;
        }

        var now = rejection.Timestamp(Clock, out var isCoarse);
        return isCoarse ? WholeMilliseconds(Clock.Coarse.TicksBetween(now, _coarseUpperBound))
            : now >= _until ? null
            : WholeMilliseconds(Clock.TicksUntil(now, _until) + (Clock.IsSystem ? Clock.CoarseStep.Ticks : 0));
    }

    private static TimeSpan WholeMilliseconds(long ticks) =>
        ticks > long.MaxValue - TimeSpan.TicksPerMillisecond
            ? TimeSpan.MaxValue
            : TimeSpan.FromTicks((ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond);
}
