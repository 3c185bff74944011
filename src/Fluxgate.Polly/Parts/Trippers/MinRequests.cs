namespace Fluxgate;

internal sealed class MinRequests(int count) : Tripper
{
    public override double? Threshold => count;

    internal override bool EvaluatesEveryCall => false;

    internal override long LeastRequests => count;

    public override bool Fires(in TripperContext context) => context.MinimumsWaived || context.Requests >= context.AtMost(count);

    public override Finding Explain(in TripperContext context)
    {
        var required = context.AtMost(count);
        return new(
            Kind,
            context.Requests,
            required,
            $"MinRequests {RuleText.Number(context.Requests)} {Sign(context)} {RuleText.Number(required)}"
        );
    }

    public override string ToString() => $"MinRequests({RuleText.Number(count)})";

    internal override string? ReasonNeverFires(BreakerState state, long? capacity, IDictionary<string, string> deadBranches) =>
        count > capacity ? $"{this} requires more calls than the window's {RuleText.Number(capacity.Value)}" : null;
}
