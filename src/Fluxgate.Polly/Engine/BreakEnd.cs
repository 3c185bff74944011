namespace Fluxgate;

/// <summary>When a break ends, on the exact clock and on the coarse one. Immutable: a probe gate that postpones the end replaces it.</summary>
internal sealed class BreakEnd
{
    // Longer breaks use the exact clock. They are rare, and the arithmetic of the coarse clock is bounded.
    private static readonly TimeSpan LongestCoarseBreak = TimeSpan.FromDays(365);

    // Readings of the coarse clock. The break has not ended before the lower bound, and has ended at the upper bound.
    private readonly long _coarseLowerBound = long.MinValue;
    private readonly long _coarseUpperBound;

    /// <summary>Creates the end of a break.</summary>
    /// <param name="clock">The clock of the breaker.</param>
    /// <param name="startedAt">The start of the break.</param>
    /// <param name="after">The time from the start to the end; <see cref="TimeSpan.MaxValue"/> for a break until reset.</param>
    /// <param name="idleFrom">The time from which the circuit is idle; by default, the end.</param>
    public BreakEnd(Clock clock, long startedAt, TimeSpan after, long? idleFrom = null)
    {
        After = after;
        At = after == TimeSpan.MaxValue ? long.MaxValue : Clock.After(startedAt, clock.Units(after));
        IdleFrom = idleFrom ?? At;
        if (!clock.HasCoarse || clock.Between(clock.Now, At) > LongestCoarseBreak)
        {
            return;
        }

        // The coarse clock lags by at most one step, now and later. The thread may be suspended between the readings, so each bound uses
        // the reading that is safe for it.
        var before = clock.Now;
        var coarse = clock.Coarse.Now;
        _coarseLowerBound = coarse + clock.Coarse.Units(clock.Between(clock.Now, At) - Clock.CoarseStep) - 1;
        _coarseUpperBound = coarse + clock.Coarse.Units(clock.Between(before, At) + Clock.CoarseStep) + 1;
    }

    /// <summary>Gets the time from the start of the break to its end.</summary>
    public TimeSpan After { get; }

    /// <summary>Gets the end on the exact clock.</summary>
    public long At { get; }

    /// <summary>Gets the time from which the circuit is idle if no call comes. A postponement that the timer caused does not move it: otherwise, a circuit without calls might never be evicted.</summary>
    public long IdleFrom { get; }

    /// <summary>Gets whether the break lasts until reset.</summary>
    public bool IsNever => At == long.MaxValue;

    /// <summary>Returns the end after a probe gate has postponed it.</summary>
    /// <param name="clock">The clock of the breaker.</param>
    /// <param name="startedAt">The start of the break.</param>
    /// <param name="wait">The time from now to the new end.</param>
    /// <param name="byCall">Whether a call asked the gate, and not the timer.</param>
    public BreakEnd Postponed(Clock clock, long startedAt, TimeSpan wait, bool byCall)
    {
        var open = TimeSpan.FromTicks(clock.TicksBetweenRoundedUp(startedAt, clock.Now));
        return new(clock, startedAt, open > TimeSpan.MaxValue - wait ? TimeSpan.MaxValue : open + wait, byCall ? null : IdleFrom);
    }

    /// <summary>Returns whether the coarse clock shows that the break has not ended.</summary>
    public bool IsBeforeEnd(Clock clock, out long coarse)
    {
        coarse = 0;
        return _coarseLowerBound != long.MinValue && (coarse = clock.Coarse.Now) < _coarseLowerBound;
    }

    /// <summary>Returns the time from a rejection to the end; <see langword="null"/> if the break had ended, or lasts until reset.</summary>
    /// <remarks>Never too early. A delay truncates fractions of a millisecond, and system timers use the coarse clock, which may lag.</remarks>
    public TimeSpan? From(CallStart rejection, Clock clock)
    {
        if (IsNever)
        {
            return null;
        }

        var now = rejection.Timestamp(clock, out var isCoarse);
        return isCoarse ? WholeMilliseconds(clock.Coarse.TicksBetween(now, _coarseUpperBound))
            : now >= At ? null
            : WholeMilliseconds(clock.TicksBetweenRoundedUp(now, At) + (clock.IsSystem ? Clock.CoarseStep.Ticks : 0));
    }

    private static TimeSpan WholeMilliseconds(long ticks) =>
        ticks > long.MaxValue - TimeSpan.TicksPerMillisecond
            ? TimeSpan.MaxValue
            : TimeSpan.FromTicks((ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond);
}
