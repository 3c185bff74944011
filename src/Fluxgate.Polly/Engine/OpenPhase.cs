namespace Fluxgate;

/// <summary>Rejects everything until the break is over; the first call after it moves on and is the first probe.</summary>
internal sealed class OpenPhase(PhaseStart start, TimeSpan breakFor) : Phase(start)
{
    private readonly long _until =
        breakFor == TimeSpan.MaxValue ? long.MaxValue : Clock.After(start.Timestamp, start.Breaker.Clock.Units(breakFor));

    public override BreakerState State => BreakerState.Open;

    /// <summary>How long the break lasts in all; <see langword="null"/> until reset.</summary>
    public TimeSpan? BreakFor => breakFor == TimeSpan.MaxValue ? null : breakFor;

    /// <summary>The break that goes on under other rules: a new one is drawn only where the break duration changed.</summary>
    public TimeSpan BreakUnder(Rules rules) => rules.KeepsBreakOf(Rules) ? breakFor : UserCode.BreakFor(rules, History.Reopens);

    public override Admittance Admit(out Ticket ticket, ref Caused caused)
    {
        var now = Clock.Now;
        if (now < _until || _until == long.MaxValue)
        {
            return Reject(now, out ticket);
        }

        ticket = default;
        caused.Add(Breaker.EndBreak(this));
        return Admittance.PhaseOver;
    }

    public override Signal? Settle(in Ticket ticket, Verdict verdict, long durationTicks, long breakTicks) => null;

    public override void Wake(long now)
    {
        if (_until == long.MaxValue)
        {
            return;
        }

        if (now >= _until)
        {
            Breaker.EndBreak(this);
        }
        else
        {
            Breaker.WakeAfter(Clock.Between(now, _until));
        }
    }

    // Rounded up: never zero while calls are still rejected.
    public override TimeSpan? RetryAfter(long now) =>
        _until == long.MaxValue || now >= _until ? null : TimeSpan.FromTicks(Math.Max(1, Clock.TicksBetween(now, _until)));
}
