namespace Fluxgate;

internal sealed class ProbesRecovery(int count) : Recovery
{
    internal override int? Probes => count;

    public override bool IsComplete(in RecoveryContext context) => context.Probes >= count;

    public override string ToString() => $"AfterProbes({RuleText.Number(count)})";
}
