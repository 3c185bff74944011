namespace Fluxgate;

internal sealed class MinRequests(int count) : Tripper
{
    public override double? Threshold => count;

    internal override bool AsksEveryCall => false;

    internal override long LeastRequests => count;

    public override bool Fires(in TripperContext reading) => reading.MinimumsWaived || reading.Requests >= reading.AtMost(count);

    public override Finding Explain(in TripperContext reading)
    {
        var asked = reading.AtMost(count);
        return new(Kind, reading.Requests, asked, $"MinRequests {RuleText.Number(reading.Requests)} >= {RuleText.Number(asked)}");
    }

    public override string ToString() => $"MinRequests({RuleText.Number(count)})";

    internal override string? Dead(BreakerState state, long? capacity, IDictionary<string, string> deadBranches) =>
        count > capacity ? $"{this} asks for more calls than the window's {RuleText.Number(capacity.Value)}" : null;
}
