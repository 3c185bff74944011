namespace Fluxgate;

/// <summary>Sums of calls, of one member or of all of them.</summary>
/// <param name="Successes">The calls that succeeded.</param>
/// <param name="Failures">The calls that failed.</param>
/// <param name="Ignored">The calls that counted neither as a success nor as a failure.</param>
/// <param name="Rejected">The calls that were rejected.</param>
public readonly record struct FleetCalls(long Successes, long Failures, long Ignored, long Rejected)
{
    /// <summary>Adds two sums. What exceeds 2^53 stays at 2^53.</summary>
    internal static FleetCalls Sum(in FleetCalls one, in FleetCalls other) =>
        new(
            Sum(one.Successes, other.Successes),
            Sum(one.Failures, other.Failures),
            Sum(one.Ignored, other.Ignored),
            Sum(one.Rejected, other.Rejected)
        );

    internal static long Sum(long one, long other) => Math.Min(Math.Min(one, FleetLimits.MaxRevision) + other, FleetLimits.MaxRevision);

    /// <summary>Returns the calls since earlier totals. Totals that went back, such as those of a circuit that its group evicted and created again, count from zero.</summary>
    internal FleetCalls Since(in FleetCalls before) =>
        Successes < before.Successes || Failures < before.Failures || Ignored < before.Ignored || Rejected < before.Rejected
            ? this
            : new(Successes - before.Successes, Failures - before.Failures, Ignored - before.Ignored, Rejected - before.Rejected);
}
