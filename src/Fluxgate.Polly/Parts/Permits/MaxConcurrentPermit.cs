namespace Fluxgate;

internal sealed class MaxConcurrentPermit(int count) : Permit
{
    internal override int? MostInFlight => count;

    public override bool Admits(in PermitContext context) => context.InFlight < count;

    public override string ToString() => $"MaxConcurrent({RuleText.Number(count)})";
}
