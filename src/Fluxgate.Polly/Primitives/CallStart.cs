namespace Fluxgate;

/// <summary>
/// The start of a call, on the exact clock or the coarse clock of the breaker. Only this type computes the duration of a call and selects
/// the clock for it.
/// </summary>
internal readonly struct CallStart
{
    private const long None = long.MinValue;

    // The complement of a timestamp, which is negative, marks the coarse clock.
    private readonly long _word;

    private CallStart(long word) => _word = word;

    /// <summary>Gets the start of a call that is not timed.</summary>
    public static CallStart Untimed => new(None);

    /// <summary>Gets a value that indicates whether the call is timed.</summary>
    public bool IsTimed => _word != None;

    /// <summary>Creates the start of a call from a reading of the exact clock.</summary>
    public static CallStart Exact(long timestamp) => new(timestamp);

    /// <summary>Creates the start of a call from a reading of a separate coarse clock.</summary>
    public static CallStart Coarse(long timestamp) => new(~timestamp);

    /// <summary>Returns the timestamp of a start whose clock is known.</summary>
    /// <param name="isCoarse">Whether it is a separate coarse clock.</param>
    public long Timestamp(bool isCoarse) => isCoarse ? ~_word : _word;

    /// <summary>Returns the timestamp.</summary>
    /// <param name="clock">The breaker's exact clock.</param>
    /// <param name="isCoarse">Whether the timestamp belongs to a separate coarse clock.</param>
    public long Timestamp(Clock clock, out bool isCoarse)
    {
        isCoarse = _word < 0 && clock.HasCoarse;
        return isCoarse ? ~_word : _word;
    }

    /// <summary>Returns the current time on the clock on which the call started, or the same start if the call is not timed.</summary>
    /// <param name="clock">The breaker's exact clock.</param>
    public CallStart Restarted(Clock clock)
    {
        if (!IsTimed)
        {
            return this;
        }

        _ = Timestamp(clock, out var isCoarse);
        return isCoarse ? Coarse(clock.Coarse.Now) : Exact(clock.Now);
    }

    /// <summary>Returns the duration of the call up to now, on the clock on which the call started.</summary>
    /// <param name="clock">The breaker's exact clock.</param>
    /// <param name="givenTicks">The duration that the caller measured in ticks of 100 ns, or <see cref="StateMachine.Unmeasured"/>.</param>
    /// <returns>The duration. Zero ticks if the call is not timed or the clock went backwards.</returns>
    public CallTime Elapsed(Clock clock, long givenTicks)
    {
        if (givenTicks >= 0)
        {
            return new(givenTicks, IsExact: true);
        }

        if (!IsTimed)
        {
            return default;
        }

        var start = Timestamp(clock, out var isCoarse);
        var source = isCoarse ? clock.Coarse : clock;
        var end = source.Now;
        return new(Math.Clamp(source.TicksBetween(start, end), 0, Clock.LongestTicks), !isCoarse, HasEnd: true, end);
    }
}

/// <summary>The duration of a call.</summary>
/// <param name="Ticks">The duration in ticks of 100 ns.</param>
/// <param name="IsExact">Whether the exact clock or the caller measured the duration.</param>
/// <param name="HasEnd">Whether the clock was read at the end of the call.</param>
/// <param name="EndedAt">That reading.</param>
internal readonly record struct CallTime(long Ticks, bool IsExact, bool HasEnd = false, long EndedAt = 0);
