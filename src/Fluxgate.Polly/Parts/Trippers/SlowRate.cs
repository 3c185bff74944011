namespace Fluxgate;

internal sealed class SlowRate(double ratio, TimeSpan threshold) : Tripper
{
    public override TimeSpan? SlowThreshold => threshold;

    public override double? Threshold => ratio;

    internal override bool AsksEveryCall => false;

    public override bool Fires(in TripperContext reading) => reading.SlowRate(threshold) >= ratio;

    public override Finding Explain(in TripperContext reading)
    {
        var measured = reading.SlowRate(threshold);
        var numbers =
            $"{RuleText.Number(reading.SlowCalls(threshold))} of {RuleText.Number(reading.Requests)} took {RuleText.Duration(threshold)} or longer";
        return new(Kind, measured, ratio, $"SlowRate {RuleText.Percent(measured)} >= {RuleText.Ratio(ratio)} ({numbers})");
    }

    public override string ToString() => $"SlowRate({RuleText.Ratio(ratio)}, {RuleText.Duration(threshold)})";

    internal override string? Dead(BreakerState state, long? capacity, IDictionary<string, string> deadBranches) =>
        threshold > Clock.Longest
            ? $"{this} waits for longer than {RuleText.Duration(Clock.Longest)}, the most that a call is counted with"
            : null;
}
