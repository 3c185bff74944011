namespace Fluxgate;

/// <summary>Single calls and contexts as a breaker creates them, for tests of single parts.</summary>
internal static class Calls
{
    public static CallCounts Succeeded(TimeSpan duration = default) => SlowThresholds.None.Call(failed: false, duration.Ticks);

    public static CallCounts Failed(TimeSpan duration = default) => SlowThresholds.None.Call(failed: true, duration.Ticks);

    public static CallCounts Sum(this IEnumerable<CallCounts> calls) => calls.Aggregate(default(CallCounts), (sum, call) => sum + call);

    public static CallCounts Many(long requests, long failures, TimeSpan total = default) => new(requests, failures, total.Ticks, default);

    /// <summary>Creates the context of a rule after this many calls and failures.</summary>
    public static TripperContext Context(
        long requests,
        long failures,
        long streak = 0,
        BreakerState state = BreakerState.Closed,
        long? mostAsked = null,
        TimeSpan total = default
    ) => new(state, Many(requests, failures, total), streak, SlowThresholds.None, mostAsked);

    /// <summary>Creates the context of a rule when this many calls reached each of its thresholds.</summary>
    public static TripperContext WithSlow(SlowThresholds thresholds, long slowCalls, long requests, long failures, long streak)
    {
        var slow = default(CallCounts.SlowCounts);
        ((Span<long>)slow)[..thresholds.Count].Fill(slowCalls);
        return new(BreakerState.Closed, new(requests, failures, 0, slow), streak, thresholds);
    }

    /// <summary>Creates the context of a rule after calls of these durations, counted against these thresholds.</summary>
    public static TripperContext Lasting(TimeSpan[] thresholds, params TimeSpan[] durations)
    {
        var slow = new SlowThresholds(thresholds);
        return new(BreakerState.Closed, durations.Select(duration => slow.Call(failed: false, duration.Ticks)).Sum(), 0, slow);
    }
}
