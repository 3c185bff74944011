namespace Fluxgate;

internal sealed class SlowRate(double ratio, TimeSpan threshold) : Tripper
{
    public override TimeSpan? SlowThreshold => threshold;

    public override double? Threshold => ratio;

    internal override bool EvaluatesEveryCall => false;

    public override bool Fires(in TripperContext context) => context.SlowRate(threshold) >= ratio;

    public override Finding Explain(in TripperContext context)
    {
        var measured = context.SlowRate(threshold);
        var overdue = context.OverdueCalls(threshold);
        var inFlight = overdue > 0 ? $", {RuleText.Number(overdue)} in flight," : "";
        var numbers =
            $"{RuleText.Number(context.SlowCalls(threshold))} of {RuleText.Number(context.Requests)}{inFlight} took {RuleText.Duration(threshold)} or longer";
        return new(Kind, measured, ratio, $"SlowRate {RuleText.Percent(measured)} {Sign(context)} {RuleText.Ratio(ratio)} ({numbers})");
    }

    internal override string? ReasonUnknown(in TripperContext context) =>
        context.CountsSlowCalls(threshold) ? null : $"calls of {RuleText.Duration(threshold)} and longer are not counted";

    public override string ToString() => $"SlowRate({RuleText.Ratio(ratio)}, {RuleText.Duration(threshold)})";

    internal override string? ReasonNeverFires(BreakerState state, long? capacity, IDictionary<string, string> deadBranches) =>
        threshold > Clock.Longest
            ? $"{this} exceeds {RuleText.Duration(Clock.Longest)}, the longest duration that is counted for a call"
            : null;
}
