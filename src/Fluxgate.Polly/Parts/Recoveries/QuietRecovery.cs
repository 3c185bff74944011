namespace Fluxgate;

internal sealed class QuietRecovery : Recovery
{
    internal override bool HasWhenQuiet => true;

    public override bool IsComplete(in RecoveryContext context) => true;

    public override string ToString() => "WhenQuiet";
}
