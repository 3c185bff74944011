namespace Fluxgate;

internal sealed class AvgLatency(TimeSpan threshold) : Tripper
{
    public override double? Threshold => threshold.TotalSeconds;

    public override bool NeedsDurations => true;

    // Any call moves a mean, so every call may change the answer.
    internal override bool AsksEveryCall => true;

    public override bool Fires(in TripperContext reading) => reading.Requests > 0 && reading.AverageDuration >= threshold;

    public override Finding Explain(in TripperContext reading) =>
        new(
            Kind,
            reading.AverageDuration.TotalSeconds,
            threshold.TotalSeconds,
            $"AvgLatency {RuleText.Measured(reading.AverageDuration)} >= {RuleText.Duration(threshold)} ({RuleText.Number(reading.Requests)} calls)"
        );

    public override string ToString() => $"AvgLatency({RuleText.Duration(threshold)})";

    internal override string? Dead(BreakerState state, long? capacity, IDictionary<string, string> deadBranches) =>
        threshold > Clock.Longest
            ? $"{this} waits for longer than {RuleText.Duration(Clock.Longest)}, the most that a call is counted with"
            : null;
}
