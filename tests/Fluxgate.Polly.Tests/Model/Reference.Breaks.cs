namespace Fluxgate;

/// <content>Breaks, their end, and the probe gate that postpones it (3).</content>
internal sealed partial class Reference
{
    private TimeSpan _breakFor;

    // The time from the start of the break to its end, with what the gate has postponed.
    private TimeSpan _breakEnd;

    private bool NeverEnds => _breakFor == TimeSpan.MaxValue;

    private bool BreakIsOver => State == BreakerState.Open && !NeverEnds && InPhaseFor >= _breakEnd;

    /// <summary>Runs a trip with a break duration, for any phase or for one only (6).</summary>
    public string? TripFor(TimeSpan breakFor, long? onlyPhase, ReasonKind kind)
    {
        if (onlyPhase is not null && onlyPhase != Number)
        {
            _visits.Count("trip for another phase");
            return null;
        }

        _visits.Count($"trip for a time in {State}");
        return State switch
        {
            BreakerState.Closed or BreakerState.HalfOpen => Go(BreakerState.Open, kind, breakFor),
            BreakerState.MetricsOnly => WouldTrip(""),
            _ => null,
        };
    }

    private void StartBreak(TimeSpan breakFor) => (_breakFor, _breakEnd) = (breakFor, breakFor);

    /// <summary>Asks the gate; one that throws lets go (8).</summary>
    private bool MayProbe(string asker)
    {
        if (_plan.Gate is not { } gate)
        {
            return true;
        }

        var wait = Guarded(
            UserErrorSource.ProbeGate,
            () =>
            {
                _faults.At(FaultPoint.ProbeGate);
                return InPhaseFor < gate.Until ? gate.Wait : (TimeSpan?)null;
            },
            whenItThrows: null
        );
        _visits.Count($"{(wait is null ? "let go" : "postponed")} for {asker}");
        _breakEnd = InPhaseFor + wait ?? _breakEnd;
        return wait is null;
    }

    /// <summary>Moves the deadline only if the break duration or the gate changed; a new duration counts from the start of the break.</summary>
    private void ContinueBreak(Plan before)
    {
        var (wasOver, end) = (BreakIsOver, _breakEnd);
        var isKept = PartFactory.AreSame(before.Break, _plan.Break);
        var duration = isKept ? _breakFor : DrawBreak();
        var staysPostponed = duration == _breakFor && ReferenceEquals(before.Gate, _plan.Gate);
        if (end != _breakFor)
        {
            _visits.Count($"postponement {(staysPostponed ? "kept" : "ended by new settings")}");
        }

        StartBreak(duration);
        _breakEnd = staysPostponed ? end : duration;
        _visits.Count(isKept ? "deadline kept" : "deadline moved");
        if (!isKept && BreakIsOver && !wasOver)
        {
            _visits.Count("deadline moved into the past");
        }
    }

    /// <summary>Draws the duration once, on entry; jitter applies after the cap.</summary>
    private TimeSpan DrawBreak() => Guarded(UserErrorSource.BreakDuration, DurationOfBreak, TimeSpan.FromSeconds(60));

    private TimeSpan DurationOfBreak() =>
        _plan.Break switch
        {
            BreakSpec.None => TimeSpan.Zero,
            BreakSpec.UntilReset => TimeSpan.MaxValue,
            BreakSpec.Fixed @fixed => Jittered(@fixed.Duration, @fixed.Jitter),
            BreakSpec.Backoff backoff => Jittered(Backoff(backoff), backoff.Jitter),
            BreakSpec.Own own => OwnBreakLasts(own),
            _ => throw new NotSupportedException(_plan.Break.ToString()),
        };

    private TimeSpan Backoff(BreakSpec.Backoff backoff)
    {
        var duration = backoff.Initial;
        for (var i = 0; i < _reopens && duration < backoff.Max; i++)
        {
            duration *= backoff.Multiplier;
        }

        return duration < backoff.Max ? duration : backoff.Max;
    }

    private TimeSpan Jittered(TimeSpan duration, double jitter) =>
        jitter == 0 ? duration : duration * (1 - jitter + (2 * jitter * _random.Next()));

    private TimeSpan OwnBreakLasts(BreakSpec.Own own)
    {
        _faults.At(FaultPoint.BreakThrows);
        _faults.At(FaultPoint.BreakNotPositive);
        return own.Duration;
    }
}
