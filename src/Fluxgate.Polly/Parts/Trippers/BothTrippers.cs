namespace Fluxgate;

internal sealed class BothTrippers(Tripper left, Tripper right) : Tripper
{
    internal override int Depth { get; } = Require.Depth(Math.Max(left.Depth, right.Depth) + 1, "rule");

    internal override IEnumerable<Tripper> Leaves => left.Leaves.Concat(right.Leaves);

    internal override bool AsksEveryCall => left.AsksEveryCall || right.AsksEveryCall;

    internal override long LeastRequests => Math.Max(left.LeastRequests, right.LeastRequests);

    internal override long LeastStreak => Math.Min(left.LeastStreak, right.LeastStreak);

    public override Tripper Start()
    {
        var (startedLeft, startedRight) = (left.Start(), right.Start());
        return ReferenceEquals(startedLeft, left) && ReferenceEquals(startedRight, right)
            ? this
            : new BothTrippers(startedLeft, startedRight);
    }

    public override bool Fires(in TripperContext reading) => left.Fires(reading) && right.Fires(reading);

    public override string ToString() => $"{left.TextInBoth} & {right.TextInBoth}";

    internal override long LeastFailures(BreakerState state, long requests)
    {
        var needed = Math.Max(requests, LeastRequests);
        return Math.Max(left.LeastFailures(state, needed), right.LeastFailures(state, needed));
    }

    // One of the two came to fire, and both do.
    internal override long FailuresToFire(BreakerState state, long requests)
    {
        var needed = Math.Max(requests, LeastRequests);
        return Math.Max(LeastFailures(state, needed), Math.Min(left.FailuresToFire(state, needed), right.FailuresToFire(state, needed)));
    }

    internal override string? Dead(BreakerState state, long? capacity, IDictionary<string, string> deadBranches) =>
        left.Dead(state, capacity, deadBranches) ?? right.Dead(state, capacity, deadBranches);

    internal override string Describe(in TripperContext reading, ICollection<Finding> findings) =>
        $"{Bracketed(left, reading, findings)} & {Bracketed(right, reading, findings)}";

    private static string Bracketed(Tripper rule, in TripperContext reading, ICollection<Finding> findings)
    {
        var text = rule.Describe(reading, findings);
        return rule is EitherTripper && text.Contains(" | ", StringComparison.Ordinal) ? $"({text})" : text;
    }
}
