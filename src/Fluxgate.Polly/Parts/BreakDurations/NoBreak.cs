namespace Fluxgate;

internal sealed class NoBreak : BreakDuration
{
    internal override bool MayBeZero => true;

    public override TimeSpan Next(in BreakDurationContext context) => TimeSpan.Zero;

    public override string ToString() => "None";
}
