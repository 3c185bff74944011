namespace Fluxgate;

internal sealed class RampUpPermit(double initial, double final, TimeSpan duration) : Permit
{
    public override TimeSpan RecoveryDelay => duration;

    public override bool Admits(in PermitContext context) =>
        context.NextDouble() < initial + ((final - initial) * Math.Min(1, context.Elapsed / duration));

    public override string ToString() => $"RampUp({RuleText.Ratio(initial)} -> {RuleText.Ratio(final)}, {RuleText.Duration(duration)})";
}
