namespace Fluxgate;

internal sealed class TimedRecovery(TimeSpan duration) : Recovery
{
    public override bool IsComplete(in RecoveryContext context) => context.Elapsed >= duration;

    public override string ToString() => $"After({RuleText.Duration(duration)})";
}
