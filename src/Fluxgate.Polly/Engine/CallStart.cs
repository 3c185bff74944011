namespace Fluxgate;

/// <summary>When a call started, on the breaker's exact clock or its coarse one. The only type that decides how long a call took, by which clock.</summary>
internal readonly struct CallStart
{
    private const long None = long.MinValue;

    // A timestamp of a separate coarse clock is stored as its complement, which is negative.
    private readonly long _word;

    private CallStart(long word) => _word = word;

    /// <summary>Gets the start of a call that is not timed.</summary>
    public static CallStart Untimed => new(None);

    /// <summary>Gets whether the call is timed.</summary>
    public bool IsTimed => _word != None;

    /// <summary>Returns the start of a call that starts at a reading of the exact clock.</summary>
    public static CallStart Exact(long timestamp) => new(timestamp);

    /// <summary>Returns the start of a call that starts at a reading of a separate coarse clock.</summary>
    public static CallStart Coarse(long timestamp) => new(~timestamp);

    /// <summary>Returns the timestamp, and whether it is one of a separate coarse clock.</summary>
    public long Timestamp(Clock clock, out bool isCoarse)
    {
        isCoarse = _word < 0 && clock.HasCoarse;
        return isCoarse ? ~_word : _word;
    }

    /// <summary>Returns how long the call has taken, on the clock on which it started.</summary>
    /// <param name="clock">The breaker's exact clock.</param>
    /// <param name="givenTicks">The duration that the caller measured in ticks of 100 ns, or <see cref="StateMachine.Unmeasured"/>.</param>
    /// <returns>Zero ticks for a call that is not timed, and if the clock went backwards.</returns>
    public CallTime Elapsed(Clock clock, long givenTicks)
    {
        if (givenTicks >= 0)
        {
            return new(givenTicks, IsExact: true, EndedAt: null);
        }

        if (!IsTimed)
        {
            return default;
        }

        var start = Timestamp(clock, out var isCoarse);
        var on = isCoarse ? clock.Coarse : clock;
        var end = on.Now;
        return new(Math.Clamp(on.TicksBetween(start, end), 0, Clock.LongestTicks), !isCoarse, end);
    }
}

/// <summary>How long a call took.</summary>
/// <param name="Ticks">The duration in ticks of 100 ns.</param>
/// <param name="IsExact">Whether the exact clock, or the caller, measured it.</param>
/// <param name="EndedAt">The reading of that clock at the end of the call, if it was read.</param>
internal readonly record struct CallTime(long Ticks, bool IsExact, long? EndedAt);
