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
    public static Counted By(Circuit circuit)
    {
        var counts = circuit.CallCounts;
        var window = counts.Outcomes.TakeLast(Circuits.Window).ToArray();
        bool IsSlow(TimeSpan duration) => duration >= circuit.Slow;
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
            circuit.Slow?.TotalSeconds,
            counts.Durations.Values.Sum(durations => durations.Count(duration => IsSlow(TimeSpan.FromSeconds(duration)))),
            window.Length == 0 || circuit.Slow is null ? null : (double)window.Count(outcome => IsSlow(outcome.Duration)) / window.Length,
            circuit.Slow is { } slow ? counts.Ages.Count(age => age >= slow) : 0,
            circuit.OldestAge?.TotalSeconds,
            circuit.Thresholds,
            counts.Durations.ToDictionary(state => state.Key, IReadOnlyList<double> (state) => state.Value, StringComparer.Ordinal)
        );
    }

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}
