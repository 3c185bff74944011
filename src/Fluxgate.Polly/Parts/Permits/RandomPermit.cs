namespace Fluxgate;

internal sealed class RandomPermit(double ratio) : Permit
{
    public override bool Admits(in PermitContext context) => context.NextDouble() < ratio;

    public override string ToString() => $"Random({RuleText.Ratio(ratio)})";
}
