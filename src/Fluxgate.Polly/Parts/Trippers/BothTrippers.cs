namespace Fluxgate;

internal sealed class BothTrippers(Tripper left, Tripper right) : Tripper
{
    internal override int Depth { get; } = Require.Depth(Math.Max(left.Depth, right.Depth) + 1, "rule");

    internal override IEnumerable<Tripper> Leaves => left.Leaves.Concat(right.Leaves);

    internal override bool EvaluatesEveryCall => left.EvaluatesEveryCall || right.EvaluatesEveryCall;

    internal override long LeastRequests => Math.Max(left.LeastRequests, right.LeastRequests);

    internal override long LeastStreak => Math.Min(left.LeastStreak, right.LeastStreak);

    public override Tripper Start()
    {
        var (startedLeft, startedRight) = (left.Start(), right.Start());
        return ReferenceEquals(startedLeft, left) && ReferenceEquals(startedRight, right)
            ? this
            : new BothTrippers(startedLeft, startedRight);
    }

    public override bool Fires(in TripperContext context) => left.Fires(context) && right.Fires(context);

    public override string ToString() => $"{left.TextInBoth} & {right.TextInBoth}";

    internal override long LeastFailures(BreakerState state, long requests)
    {
        var needed = Math.Max(requests, LeastRequests);
        return Math.Max(left.LeastFailures(state, needed), right.LeastFailures(state, needed));
    }

    // Both must fire, and the failure that makes the pair fire makes at least one of the two fire.
    internal override long FailuresToFire(BreakerState state, long requests)
    {
        var needed = Math.Max(requests, LeastRequests);
        return Math.Max(LeastFailures(state, needed), Math.Min(left.FailuresToFire(state, needed), right.FailuresToFire(state, needed)));
    }

    internal override string? ReasonNeverFires(BreakerState state, long? capacity, IDictionary<string, string> deadBranches) =>
        left.ReasonNeverFires(state, capacity, deadBranches) ?? right.ReasonNeverFires(state, capacity, deadBranches);

    internal override RuleEvaluation EvaluateOn(in TripperContext context) =>
        RuleEvaluation.Combined(RuleOperator.All, left.EvaluateOn(context), right.EvaluateOn(context));

    internal override string Describe(in TripperContext context, ICollection<Finding> findings) =>
        $"{Bracketed(left, context, findings)} & {Bracketed(right, context, findings)}";

    private static string Bracketed(Tripper rule, in TripperContext context, ICollection<Finding> findings)
    {
        var text = rule.Describe(context, findings);
        return rule is EitherTripper && text.Contains(" | ", StringComparison.Ordinal) ? $"({text})" : text;
    }
}
