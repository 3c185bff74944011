using Fluxgate;

namespace Outage;

/// <summary>What a circuit came to: counted by its callers and listeners, and the gauges and durations that only its snapshot knows.</summary>
internal sealed record Counted(
    string State,
    long Successes,
    long Failures,
    long Ignored,
    long Stale,
    long InFlight,
    long WouldTrips,
    long SignalsDropped,
    IReadOnlyDictionary<string, long> Rejected,
    IReadOnlyDictionary<string, long> Transitions,
    IReadOnlyDictionary<string, long> UserErrors,
    double? WindowFailureRate,
    double Entered,
    double? NextProbe,
    int Reopens,
    long ConsecutiveFailures,
    long ConsecutiveSuccesses,
    long? SlowCalls,
    double? SlowRate,
    IReadOnlyDictionary<string, double> Thresholds,
    IReadOnlyList<long> Durations
)
{
    public static Counted By(Circuit circuit)
    {
        var (tally, snapshot) = (circuit.Tally, circuit.Breaker.Snapshot());
        return new(
            snapshot.State.ToLabel(),
            tally.Successes,
            tally.Failures,
            tally.Ignored,
            tally.Stale,
            tally.InFlight,
            tally.WouldTrips,
            tally.SignalsDropped,
            tally.Rejected,
            tally.Transitions,
            tally.UserErrors,
            snapshot.FailureRate,
            snapshot.EnteredAt.ToUnixTimeMilliseconds() / 1000.0,
            snapshot.NextProbeAt?.ToUnixTimeMilliseconds() / 1000.0,
            snapshot.Reopens,
            snapshot.ConsecutiveFailures,
            snapshot.ConsecutiveSuccesses,
            snapshot.SlowCalls.SingleOrDefault()?.Total,
            snapshot.SlowCalls.SingleOrDefault()?.Rate,
            snapshot.RuleThresholds.ToDictionary(threshold => threshold.Rule, threshold => threshold.Value, StringComparer.Ordinal),
            [.. snapshot.Durations().Select(durations => durations.Durations.Counts).Aggregate(new long[12], Sum)]
        );
    }

    private static long[] Sum(long[] sums, IReadOnlyList<long> counts) => [.. sums.Zip(counts, (sum, count) => sum + count)];
}
