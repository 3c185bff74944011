namespace Fluxgate;

/// <content>How a circuit goes from one phase to the next: by what calls and time bring, and by manual calls.</content>
internal sealed partial class StateMachine
{
    /// <summary>The tripper has fired, or probing failed.</summary>
    public Signal? Open(Phase from, Reason reason, long reopens, long breakTicks)
    {
        // Only one call draws the break. Where that hangs the others go on, and before long one of them opens the circuit without it.
        if (!from.TryBeginEnd(out var overdue))
        {
            return null;
        }

        var breakFor =
            breakTicks > 0 ? TimeSpan.FromTicks(breakTicks)
            : overdue ? UserCode.OverdueBreak(from.Rules)
            : UserCode.BreakFor(from.Rules, reopens, reason);
        var signal = Move(from, BreakerState.Open, reason, reopens, breakFor);
        if (signal is not null)
        {
            return signal;
        }

        from.CancelEnd();
        return Reconsidered(from, failures: 0, breakTicks);
    }

    public Signal? Close(Phase from, Reason reason) => Move(from, BreakerState.Closed, reason, reopens: 0) ?? Reconsidered(from);

    public Signal? EndBreak(OpenPhase from) =>
        Move(
            from,
            BreakerState.HalfOpen,
            new(
                ReasonKind.BreakElapsed,
                from.BreakFor == TimeSpan.Zero ? "no break" : $"the break of {RuleText.Measured(from.BreakFor!.Value)} is over"
            ),
            from.History.Reopens
        );

    /// <summary>Counts a trip that metrics-only holds back, and goes on with an empty window and streak under the same number.</summary>
    public void WouldTrip(Phase from, Reason reason)
    {
        var next = NewPhase(
            from.State,
            new(this, from.Rules, from.Number, from.History.AfterWouldTrip(), from.Reason, from.StartedAt, from.EnteredAt, from)
        );
        if (TryReplace(from, next, new WouldTripNotice(Name, Clock.UtcNow, reason)))
        {
            Begin(next);
        }
        else
        {
            Reconsidered(from);
        }
    }

    private static Phase NewPhase(BreakerState state, PhaseStart start, TimeSpan breakFor = default) =>
        state switch
        {
            BreakerState.Closed or BreakerState.MetricsOnly => new ClosedPhase(start, state),
            BreakerState.Open => new OpenPhase(start, breakFor),
            BreakerState.HalfOpen => new HalfOpenPhase(start),
            _ => new ManualPhase(start, state),
        };

    /// <summary>Goes to a state that a person asks for.</summary>
    public Signal? Command(BreakerState to, string text)
    {
        var reason = new Reason(ReasonKind.Manual, text);
        while (true)
        {
            var from = _timeline.Phase;
            if (from.State == to)
            {
                if (to != BreakerState.Closed || TryRestart(from))
                {
                    return null;
                }
            }
            else
            {
                var reopens = to == BreakerState.Closed ? 0 : from.History.Reopens;
                var breakFor = to == BreakerState.Open ? UserCode.BreakFor(from.Rules, reopens, reason) : default;
                if (Move(from, to, reason, reopens, breakFor) is { } signal)
                {
                    return signal;
                }
            }
        }
    }

    /// <summary>Begins a new closed phase with no transition.</summary>
    private bool TryRestart(Phase from)
    {
        var next = NewPhase(
            from.State,
            new(this, from.Rules, from.Number + 1, from.History.WithReopens(0), from.Reason, from.StartedAt, from.EnteredAt, from)
        );
        if (!TryReplace(from, next, news: null))
        {
            return false;
        }

        Begin(next);
        return true;
    }

    /// <summary>Makes a transition, unless another has ended the phase first.</summary>
    private Signal? Move(Phase from, BreakerState to, Reason reason, long reopens, TimeSpan breakFor = default)
    {
        var (timestamp, now) = (Clock.Now, Clock.UtcNow);
        var history = from.History.After(from.State, to, reopens);
        var signal = new Signal(Name, from.State, to, now, history.Signals, reason)
        {
            BreakFor = to == BreakerState.Open && breakFor != TimeSpan.MaxValue ? breakFor : null,
        };
        var next = NewPhase(to, new(this, from.Rules, from.Number + 1, history, reason, timestamp, now, from), breakFor);
        if (!TryReplace(from, next, signal))
        {
            return null;
        }

        Begin(next);
        return signal;
    }

    /// <summary>A decision, or a call, that came when its phase had gone on in another object is left to that one.</summary>
    public Signal? Reconsidered(Phase from, long failures = 0, long breakTicks = 0)
    {
        var current = _timeline.Phase;
        return current.Number == from.Number && !ReferenceEquals(current, from) ? current.Reconsider(from, failures, breakTicks) : null;
    }

    /// <summary>Swaps the phase; notices that come in between only make it try again.</summary>
    private bool TryReplace(Phase from, Phase next, object? news)
    {
        while (true)
        {
            var current = _timeline.Current;
            if (!ReferenceEquals(current.Phase, from))
            {
                return false;
            }

            if (_timeline.TryMove(current, next, news))
            {
                return true;
            }
        }
    }

    /// <summary>What follows a swap: the old phase is sealed only now, or a call could be let into a phase that is over.</summary>
    private void Begin(Phase next)
    {
        Totals.Fold(next);
        if (next.Rules.ProbeWithoutTraffic)
        {
            next.Wake(Clock.Now);
        }

        _timeline.Deliver();
    }
}
