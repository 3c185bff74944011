namespace Fluxgate;

internal sealed class FailureStreak(int count) : Tripper
{
    public override double? Threshold => count;

    internal override bool EvaluatesEveryCall => false;

    internal override long LeastStreak => count;

    public override bool Fires(in TripperContext context) => context.ConsecutiveFailures >= context.AtMost(count);

    public override Finding Explain(in TripperContext context)
    {
        var required = context.AtMost(count);
        return new(
            Kind,
            context.ConsecutiveFailures,
            required,
            $"FailureStreak {RuleText.Number(context.ConsecutiveFailures)} {Sign(context)} {RuleText.Number(required)}"
        );
    }

    public override string ToString() => $"FailureStreak({RuleText.Number(count)})";

    // Only the streak decides, regardless of the window.
    internal override long LeastFailures(BreakerState state, long requests) => long.MaxValue;
}
