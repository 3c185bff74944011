namespace Fluxgate;

internal sealed class FailureRate(double ratio) : Tripper
{
    public override double? Threshold => ratio;

    internal override bool AsksEveryCall => false;

    public override bool Fires(in TripperContext reading) => reading.FailureRate >= ratio;

    public override Finding Explain(in TripperContext reading) =>
        new(
            Kind,
            reading.FailureRate,
            ratio,
            $"FailureRate {RuleText.Percent(reading.FailureRate)} >= {RuleText.Ratio(ratio)} ({RuleText.Number(reading.Failures)} of {RuleText.Number(reading.Requests)})"
        );

    public override string ToString() => $"FailureRate({RuleText.Ratio(ratio)})";

    /// <summary>The least f with f / max(requests, f) >= ratio, computed as the leaf itself compares.</summary>
    internal override long LeastFailures(BreakerState state, long requests)
    {
        var calls = Math.Max(requests, 1);

        // The product is rounded by less than one call, so cut off it is never too large, but may be too small.
        var least = Math.Max(1, (long)(ratio * calls));
        while ((double)least / calls < ratio)
        {
            least++;
        }

        return least;
    }

    internal override long FailuresToFire(BreakerState state, long requests) => LeastFailures(state, requests);
}
