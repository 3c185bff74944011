namespace Fluxgate;

internal sealed class FailureStreak(int count) : Tripper
{
    public override double? Threshold => count;

    internal override bool AsksEveryCall => false;

    internal override long LeastStreak => count;

    public override bool Fires(in TripperContext reading) => reading.ConsecutiveFailures >= reading.AtMost(count);

    public override Finding Explain(in TripperContext reading)
    {
        var asked = reading.AtMost(count);
        return new(
            Kind,
            reading.ConsecutiveFailures,
            asked,
            $"FailureStreak {RuleText.Number(reading.ConsecutiveFailures)} >= {RuleText.Number(asked)}"
        );
    }

    public override string ToString() => $"FailureStreak({RuleText.Number(count)})";

    // The streak alone decides, whatever the window holds.
    internal override long LeastFailures(BreakerState state, long requests) => long.MaxValue;
}
