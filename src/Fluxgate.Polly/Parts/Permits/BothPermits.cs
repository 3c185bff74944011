namespace Fluxgate;

internal sealed class BothPermits(Permit left, Permit right) : Permit
{
    public override TimeSpan RecoveryDelay => left.RecoveryDelay > right.RecoveryDelay ? left.RecoveryDelay : right.RecoveryDelay;

    internal override int? MostInFlight =>
        (left.MostInFlight, right.MostInFlight) is ({ } inLeft, { } inRight)
            ? Math.Min(inLeft, inRight)
            : left.MostInFlight ?? right.MostInFlight;

    internal override int Depth { get; } = Require.Depth(Math.Max(left.Depth, right.Depth) + 1, "permit");

    internal override IEnumerable<Permit> Leaves => left.Leaves.Concat(right.Leaves);

    public override Permit Start()
    {
        var (startedLeft, startedRight) = (left.Start(), right.Start());
        return ReferenceEquals(startedLeft, left) && ReferenceEquals(startedRight, right)
            ? this
            : new BothPermits(startedLeft, startedRight);
    }

    public override bool Admits(in PermitContext context) => left.Admits(context) && right.Admits(context);

    public override string ToString() => $"{left} & {right}";
}
