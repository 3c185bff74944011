namespace Fluxgate;

internal sealed class EitherTripper(Tripper left, Tripper right) : Tripper
{
    internal override int Depth { get; } = Require.Depth(Math.Max(left.Depth, right.Depth) + 1, "rule");

    internal override IEnumerable<Tripper> Leaves => left.Leaves.Concat(right.Leaves);

    internal override bool EvaluatesEveryCall => left.EvaluatesEveryCall || right.EvaluatesEveryCall;

    internal override string TextInBoth => $"({this})";

    internal override long LeastRequests => Math.Min(left.LeastRequests, right.LeastRequests);

    internal override long LeastStreak => Math.Min(left.LeastStreak, right.LeastStreak);

    public override Tripper Start()
    {
        var (startedLeft, startedRight) = (left.Start(), right.Start());
        return ReferenceEquals(startedLeft, left) && ReferenceEquals(startedRight, right)
            ? this
            : new EitherTripper(startedLeft, startedRight);
    }

    public override bool Fires(in TripperContext context) => left.Fires(context) || right.Fires(context);

    public override string ToString() => $"{left} | {right}";

    internal override long LeastFailures(BreakerState state, long requests) =>
        Math.Min(left.LeastFailures(state, requests), right.LeastFailures(state, requests));

    internal override long FailuresToFire(BreakerState state, long requests) =>
        Math.Min(left.FailuresToFire(state, requests), right.FailuresToFire(state, requests));

    internal override string? ReasonNeverFires(BreakerState state, long? capacity, IDictionary<string, string> deadBranches)
    {
        var (deadLeft, deadRight) = (
            left.ReasonNeverFires(state, capacity, deadBranches),
            right.ReasonNeverFires(state, capacity, deadBranches)
        );
        if (deadLeft is not null && deadRight is not null)
        {
            return deadLeft;
        }

        if (deadLeft is not null || deadRight is not null)
        {
            deadBranches[(deadLeft is not null ? left : right).ToString()!] = (deadLeft ?? deadRight)!;
        }

        return null;
    }

    internal override RuleEvaluation EvaluateOn(in TripperContext context) =>
        RuleEvaluation.Combined(RuleOperator.Any, left.EvaluateOn(context), right.EvaluateOn(context));

    internal override string Describe(in TripperContext context, ICollection<Finding> findings)
    {
        var (firesLeft, firesRight) = (left.Fires(context), right.Fires(context));
        return firesLeft && firesRight ? $"{left.Describe(context, findings)} | {right.Describe(context, findings)}"
            : firesRight ? right.Describe(context, findings)
            : left.Describe(context, findings);
    }
}
