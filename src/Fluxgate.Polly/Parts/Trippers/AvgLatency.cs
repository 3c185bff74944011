namespace Fluxgate;

internal sealed class AvgLatency(TimeSpan threshold) : Tripper
{
    public override double? Threshold => threshold.TotalSeconds;

    public override bool NeedsDurations => true;

    public override bool Fires(in TripperContext context) => context.Requests > 0 && context.AverageDuration >= threshold;

    public override Finding Explain(in TripperContext context) =>
        new(
            Kind,
            context.AverageDuration.TotalSeconds,
            threshold.TotalSeconds,
            $"AvgLatency {RuleText.Measured(context.AverageDuration)} {Sign(context)} {RuleText.Duration(threshold)} ({RuleText.Number(context.Requests)} calls)"
        );

    internal override string? ReasonUnknown(in TripperContext context) =>
        context.DurationsAreUnknown ? "the durations of calls are not measured" : null;

    public override string ToString() => $"AvgLatency({RuleText.Duration(threshold)})";

    internal override string? ReasonNeverFires(BreakerState state, long? capacity, IDictionary<string, string> deadBranches) =>
        threshold > Clock.Longest
            ? $"{this} exceeds {RuleText.Duration(Clock.Longest)}, the longest duration that is counted for a call"
            : null;
}
