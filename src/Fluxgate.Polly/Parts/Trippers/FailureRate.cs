namespace Fluxgate;

internal sealed class FailureRate(double ratio) : Tripper
{
    public override double? Threshold => ratio;

    internal override bool EvaluatesEveryCall => false;

    public override bool Fires(in TripperContext context) => context.FailureRate >= ratio;

    public override Finding Explain(in TripperContext context) =>
        new(
            Kind,
            context.FailureRate,
            ratio,
            $"FailureRate {RuleText.Percent(context.FailureRate)} {Sign(context)} {RuleText.Ratio(ratio)} ({RuleText.Number(context.Failures)} of {RuleText.Number(context.Requests)})"
        );

    public override string ToString() => $"FailureRate({RuleText.Ratio(ratio)})";

    /// <summary>Returns the least f with f / max(requests, f) >= ratio, with the same arithmetic as <see cref="Fires"/>.</summary>
    internal override long LeastFailures(BreakerState state, long requests)
    {
        var calls = Math.Max(requests, 1);

        // The rounding error of the product is less than one call. Truncated, it is never too large, but can be too small.
        var least = Math.Max(1, (long)(ratio * calls));
        while ((double)least / calls < ratio)
        {
            least++;
        }

        return least;
    }
}
