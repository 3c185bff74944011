namespace Fluxgate;

/// <summary>Rejects everything until the break is over; the first call after it moves on and is the first probe.</summary>
internal sealed class OpenPhase : Phase
{
    // Longer breaks are decided on the exact clock: they are rare, and the arithmetic of the coarse one has its bounds.
    private static readonly TimeSpan LongestCoarseBreak = TimeSpan.FromDays(365);

    private readonly TimeSpan _breakFor;
    private readonly long _until;

    // On the coarse clock: the break surely lasts before the one, and is surely over at the other.
    private readonly long _surelyUntil = long.MinValue;
    private readonly long _overBy;

    public OpenPhase(PhaseStart start, TimeSpan breakFor)
        : base(start)
    {
        _breakFor = breakFor;
        _until = breakFor == TimeSpan.MaxValue ? long.MaxValue : Clock.After(start.Timestamp, Clock.Units(breakFor));
        if (breakFor > LongestCoarseBreak || !Clock.HasCoarse)
        {
            return;
        }

        // It lags by a step at most, then as now. Nobody knows how long this thread rests between the readings.
        var before = Clock.Now;
        var coarse = Clock.Coarse.Now;
        _surelyUntil = coarse + Clock.Coarse.Units(Clock.Between(Clock.Now, _until) - Clock.CoarseStep) - 1;
        _overBy = coarse + Clock.Coarse.Units(Clock.Between(before, _until) + Clock.CoarseStep) + 1;
    }

    public override BreakerState State => BreakerState.Open;

    /// <summary>How long the break lasts in all; <see langword="null"/> until reset.</summary>
    public TimeSpan? BreakFor => _breakFor == TimeSpan.MaxValue ? null : _breakFor;

    /// <summary>The break that goes on under other rules: a new one is drawn only where the break duration changed.</summary>
    public TimeSpan BreakUnder(Rules rules) => rules.KeepsBreakOf(Rules) ? _breakFor : UserCode.BreakFor(rules, History.Reopens, Reason);

    public override AdmitResult Admit(out Ticket ticket, out Signal? caused)
    {
        caused = null;
        if (_until == long.MaxValue)
        {
            return Reject(CallStart.Untimed, out ticket);
        }

        if (_surelyUntil != long.MinValue && Clock.Coarse.Now is var coarse && coarse < _surelyUntil)
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
        return AdmitResult.PhaseOver;
    }

    public override Signal? Settle(Ticket ticket, Verdict verdict, long durationTicks, long breakTicks) => null;

    public override void Wake(long now)
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
            Machine.WakeAfter(this, Clock.Between(now, _until));
        }
    }

    // Never too early: waiting for it cuts fractions of a millisecond off, and the system's timers run on its coarse clock, which may lag.
    public override TimeSpan? RetryAfter(CallStart rejection)
    {
        if (_until == long.MaxValue)
        {
            return null;
        }

        var now = rejection.Timestamp(Clock, out var isCoarse);
        return isCoarse ? WholeMilliseconds(Clock.Coarse.TicksBetween(now, _overBy))
            : now >= _until ? null
            : WholeMilliseconds(Clock.TicksUntil(now, _until) + (Clock.IsSystem ? Clock.CoarseStep.Ticks : 0));
    }

    private static TimeSpan WholeMilliseconds(long ticks) =>
        ticks > long.MaxValue - TimeSpan.TicksPerMillisecond
            ? TimeSpan.MaxValue
            : TimeSpan.FromTicks((ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond);
}
