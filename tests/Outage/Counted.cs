using Fluxgate;

namespace Outage;

/// <summary>The counts of a circuit by its caller and a listener, without the breaker's snapshot or metrics.</summary>
internal sealed record Counted(
    string State,
    double Entered,
    double? NextProbe,
    int Reopens,
    long Successes,
    long Failures,
    long Ignored,
    long Stale,
    long AbandonedFailures,
    long AbandonedIgnored,
    long InFlight,
    long HalfOpenInFlight,
    long WouldTrips,
    long SignalsDropped,
    IReadOnlyDictionary<string, long> Rejected,
    IReadOnlyDictionary<string, long> Transitions,
    IReadOnlyDictionary<string, long> UserErrors,
    long ConsecutiveSuccesses,
    long ConsecutiveFailures,
    double? FailureRate,
    double? SlowThreshold,
    long SlowCalls,
    double? SlowRate,
    long Overdue,
    double? OldestInFlight,
    IReadOnlyDictionary<string, double> Thresholds,
    IReadOnlyDictionary<string, IReadOnlyList<double>> Durations
)
{
    public static Counted By(Circuit circuit) => By(circuit.CallCounts, circuit.Thresholds, circuit.Slow, circuit.OldestAge);

    /// <summary>Counts a circuit of a group. The group has no series of its rule, and the rule has no slow threshold.</summary>
    public static Counted By(CallCounts counts) => By(counts, new Dictionary<string, double>(), slow: null, oldestAge: null);

    private static Counted By(CallCounts counts, IReadOnlyDictionary<string, double> thresholds, TimeSpan? slow, TimeSpan? oldestAge)
    {
        var window = counts.Outcomes.TakeLast(Circuits.Window).ToArray();
        bool IsSlow(TimeSpan duration) => duration >= slow;
        return new(
            counts.State.ToLabel(),
            Seconds(counts.Entered),
            counts.NextProbe is { } next ? Seconds(next) : null,
            counts.Reopens,
            counts.Successes,
            counts.Failures,
            counts.Ignored,
            counts.Stale,
            counts.AbandonedFailures,
            counts.AbandonedIgnored,
            counts.InFlight,
            counts.HalfOpenInFlight,
            counts.WouldTrips,
            counts.SignalsDropped,
            counts.Rejected,
            counts.Transitions,
            counts.UserErrors,
            counts.Outcomes.Reverse().TakeWhile(outcome => !outcome.Failed).Count(),
            counts.Outcomes.Reverse().TakeWhile(outcome => outcome.Failed).Count(),
            window.Length == 0 ? null : (double)window.Count(outcome => outcome.Failed) / window.Length,
            slow?.TotalSeconds,
            counts.Durations.Values.Sum(durations => durations.Count(duration => IsSlow(TimeSpan.FromSeconds(duration)))),
            window.Length == 0 || slow is null ? null : (double)window.Count(outcome => IsSlow(outcome.Duration)) / window.Length,
            counts.Ages.Count(IsSlow),
            oldestAge?.TotalSeconds,
            thresholds,
            counts.Durations.ToDictionary(state => state.Key, IReadOnlyList<double> (state) => state.Value, StringComparer.Ordinal)
        );
    }

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}
