namespace Fluxgate;

/// <content>The transitions of a circuit, caused by calls, by time and by manual calls.</content>
internal sealed partial class StateMachine
{
    /// <summary>Opens the circuit after the tripper fired or probing failed.</summary>
    public Signal? Open(Phase from, Reason reason, long reopens, TripHint hint)
    {
        // Only one call determines the break duration. If a user's break duration hangs, the other calls continue, and one of them soon opens
        // the circuit without it.
        if (!from.TryBeginEnd(out var isHanging))
        {
            return null;
        }

        var breakFor =
            hint.BreakFor ?? (isHanging ? UserCode.DefaultBreakAfterTimeout(from.Rules) : UserCode.BreakFor(from.Rules, reopens, reason));
        // Half-open circuits may always re-open.
        var claims = from.State == BreakerState.Closed ? Membership : null;
        if (claims is not null && !claims.TryClaimTrip(out var limit))
        {
            from.CancelEnd();
            WouldTrip(from, reason.WithNote(limit));
            return null;
        }

        var signal = TryTransition(from, BreakerState.Open, reason, reopens, breakFor, isClaimed: claims is not null);
        if (signal is not null)
        {
            return signal;
        }

        claims?.ReturnClaim();
        from.CancelEnd();
        return ReevaluateLatest(from, failures: 0, hint);
    }

    public Signal? Close(Phase from, Reason reason) =>
        TryTransition(from, BreakerState.Closed, reason, reopens: 0) ?? ReevaluateLatest(from);

    public Signal? EndBreak(OpenPhase from) =>
        TryTransition(
            from,
            BreakerState.HalfOpen,
            new(
                ReasonKind.BreakElapsed,
                (from.BreakFor == TimeSpan.Zero ? "no break" : $"the break of {RuleText.Measured(from.BreakFor!.Value)} is over")
                    + (from.IsPostponed ? $", the probe gate postponed it to {RuleText.Measured(from.End.After)}" : "")
            ),
            from.History.Reopens
        );

    /// <summary>Counts a would-trip in a circuit that may not open, and continues under the same phase number with an empty window and streak.</summary>
    public void WouldTrip(Phase from, Reason reason)
    {
        if (!TryCountWouldTrip(from, reason))
        {
            ReevaluateLatest(from);
        }
    }

    private bool TryCountWouldTrip(Phase from, Reason reason)
    {
        var next = NewPhase(
            from.State,
            new(this, from.Rules, from.Number, from.History.AfterWouldTrip(), from.Reason, from.StartedAt, from.EnteredAt, from)
        );
        if (!TryReplace(from, next, new WouldTripNotice(Name, Clock.UtcNow, reason)))
        {
            return false;
        }

        next.InFlight?.Spend(next.History.WouldTrips);
        CompleteSwap(next);
        return true;
    }

    private static Phase NewPhase(BreakerState state, PhaseStart start, TimeSpan breakFor = default) =>
        state switch
        {
            BreakerState.Closed or BreakerState.MetricsOnly => new ClosedPhase(start, state),
            BreakerState.Open => new OpenPhase(start, breakFor),
            BreakerState.HalfOpen => new HalfOpenPhase(start),
            _ => new ManualPhase(start, state),
        };

    /// <summary>Makes the transition that a manual call requests.</summary>
    public Signal? Command(BreakerState to, Reason reason)
    {
        while (true)
        {
            var from = _timeline.Phase;
            if (from is EvictedPhase)
            {
                return ForCommands().Command(to, reason);
            }

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
                if (TryTransition(from, to, reason, reopens, breakFor) is { } signal)
                {
                    return signal;
                }
            }
        }
    }

    /// <summary>Opens a closed or half-open circuit for a given time, and counts a would-trip in the metrics-only state. Other states are not changed.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="breakFor">The break duration.</param>
    /// <param name="onlyPhase">The number of the only phase in which to act; <see langword="null"/> for any.</param>
    public Signal? Trip(Reason reason, TimeSpan breakFor, long? onlyPhase)
    {
        while (true)
        {
            var from = _timeline.Phase;
            if (from is EvictedPhase)
            {
                // The numbers of the circuit that replaces this one begin again, so its phases are others.
                return onlyPhase is null ? ForCommands().Trip(reason, breakFor, onlyPhase) : null;
            }

            if (onlyPhase is not null && onlyPhase != from.Number)
            {
                return null;
            }

            if (from.State is BreakerState.Closed or BreakerState.HalfOpen)
            {
                if (TryTransition(from, BreakerState.Open, reason, from.History.Reopens, breakFor) is { } signal)
                {
                    return signal;
                }
            }
            else if (from.State != BreakerState.MetricsOnly || TryCountWouldTrip(from, reason))
            {
                return null;
            }
        }
    }

    /// <summary>Starts a new closed phase without a transition.</summary>
    private bool TryRestart(Phase from)
    {
        var next = NewPhase(
            from.State,
            new(this, from.Rules, from.Number + 1, from.History.WithReopens(0), from.Reason, from.StartedAt, from.EnteredAt, from)
        );
        if (!TryReplace(from, next, message: null))
        {
            return false;
        }

        CompleteSwap(next);
        return true;
    }

    /// <summary>Makes a transition, unless another thread has ended the phase first.</summary>
    /// <returns>The signal, or <see langword="null"/> if another thread was first.</returns>
    private Signal? TryTransition(
        Phase from,
        BreakerState to,
        Reason reason,
        long reopens,
        TimeSpan breakFor = default,
        bool isClaimed = false
    )
    {
        var (timestamp, now) = (Clock.Now, Clock.UtcNow);
        var history = from.History.After(from.State, to, reopens);
        var signal = new Signal(Name, from.State, to, now, history.Signals, reason)
        {
            GroupName = Membership?.GroupName,
            Key = Membership?.Key,
            BreakFor = to == BreakerState.Open && breakFor != TimeSpan.MaxValue ? breakFor : null,
        };
        var next = NewPhase(to, new(this, from.Rules, from.Number + 1, history, reason, timestamp, now, from), breakFor);
        if (!TryReplace(from, next, signal))
        {
            return null;
        }

        if (!isClaimed)
        {
            Membership?.OnTransition(from.State, to);
        }

        CompleteSwap(next);
        return signal;
    }

    /// <summary>
    /// Evaluates the parts in the object that continues a phase, after a call was recorded or a decision was made in an older object of it.
    /// </summary>
    public Signal? ReevaluateLatest(Phase from, long failures = 0, TripHint hint = default) =>
        Latest(from) is var latest && !ReferenceEquals(latest, from) ? latest.Reevaluate(from, failures, hint) : null;

    /// <summary>Replaces the phase. It retries if only a notice was added meanwhile.</summary>
    private bool TryReplace(Phase from, Phase next, object? message)
    {
        while (true)
        {
            var current = _timeline.Current;
            if (!ReferenceEquals(current.Phase, from))
            {
                return false;
            }

            if (_timeline.TryExchange(current, next, message))
            {
                return true;
            }
        }
    }

    /// <summary>
    /// Completes a swap: seals the old phase, runs the timer's work and delivers. Sealing follows the swap, because otherwise a call could
    /// be admitted into a phase that has ended.
    /// </summary>
    private void CompleteSwap(Phase next)
    {
        Totals.Fold(next);
        if (next.Rules.ProbeWithoutTraffic)
        {
            next.OnTimer(Clock.Now);
        }

        _timeline.Deliver();
    }
}
