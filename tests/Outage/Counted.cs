using Fluxgate;

namespace Outage;

/// <summary>What a circuit came to, counted by its caller and a listener: nothing here was asked of the breaker, its snapshot or its metrics.</summary>
internal sealed record Counted(
    string State,
    double Entered,
    double? NextProbe,
    int Reopens,
    long Successes,
    long Failures,
    long Ignored,
    long Stale,
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
    IReadOnlyDictionary<string, double> Thresholds,
    IReadOnlyDictionary<string, IReadOnlyList<double>> Durations
)
{
    public static Counted By(Circuit circuit)
    {
        var tally = circuit.CallCounts;
        var window = tally.Outcomes.TakeLast(Circuits.Window).ToArray();
        bool IsSlow(TimeSpan duration) => duration >= circuit.Slow;
        return new(
            tally.State.ToLabel(),
            Seconds(tally.Entered),
            tally.NextProbe is { } next ? Seconds(next) : null,
            tally.Reopens,
            tally.Successes,
            tally.Failures,
            tally.Ignored,
            tally.Stale,
            tally.InFlight,
            tally.HalfOpenInFlight,
            tally.WouldTrips,
            tally.SignalsDropped,
            tally.Rejected,
            tally.Transitions,
            tally.UserErrors,
            tally.Outcomes.Reverse().TakeWhile(outcome => !outcome.Failed).Count(),
            tally.Outcomes.Reverse().TakeWhile(outcome => outcome.Failed).Count(),
            window.Length == 0 ? null : (double)window.Count(outcome => outcome.Failed) / window.Length,
            circuit.Slow?.TotalSeconds,
            tally.Durations.Values.Sum(durations => durations.Count(duration => IsSlow(TimeSpan.FromSeconds(duration)))),
            window.Length == 0 || circuit.Slow is null ? null : (double)window.Count(outcome => IsSlow(outcome.Duration)) / window.Length,
            circuit.Thresholds,
            tally.Durations.ToDictionary(state => state.Key, IReadOnlyList<double> (state) => state.Value, StringComparer.Ordinal)
        );
    }

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}
