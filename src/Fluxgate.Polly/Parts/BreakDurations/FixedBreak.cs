namespace Fluxgate;

internal sealed class FixedBreak(TimeSpan duration, double jitter) : BreakDuration
{
    public override TimeSpan Next(in BreakDurationContext context) => Jittered(duration.Ticks, jitter, context);

    public override string ToString() => $"Fixed({RuleText.Duration(duration)}{JitterText(jitter)})";
}
