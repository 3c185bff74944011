namespace Fluxgate;

internal sealed class BothRecoveries(Recovery left, Recovery right) : Recovery
{
    internal override int? Probes =>
        (left.Probes, right.Probes) is ({ } inLeft, { } inRight) ? Math.Max(inLeft, inRight) : left.Probes ?? right.Probes;

    internal override bool HasWhenQuiet => left.HasWhenQuiet || right.HasWhenQuiet;

    internal override int Depth { get; } = Require.Depth(Math.Max(left.Depth, right.Depth) + 1, "recovery");

    internal override IEnumerable<Recovery> Leaves => left.Leaves.Concat(right.Leaves);

    public override Recovery Start()
    {
        var (startedLeft, startedRight) = (left.Start(), right.Start());
        return ReferenceEquals(startedLeft, left) && ReferenceEquals(startedRight, right)
            ? this
            : new BothRecoveries(startedLeft, startedRight);
    }

    public override bool IsComplete(in RecoveryContext context) => left.IsComplete(context) && right.IsComplete(context);

    public override string ToString() => $"{left} & {right}";
}
