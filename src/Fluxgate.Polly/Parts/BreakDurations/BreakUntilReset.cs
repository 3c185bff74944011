namespace Fluxgate;

internal sealed class BreakUntilReset : BreakDuration
{
    public override TimeSpan Next(in BreakDurationContext context) => TimeSpan.MaxValue;

    public override string ToString() => "UntilReset";
}
