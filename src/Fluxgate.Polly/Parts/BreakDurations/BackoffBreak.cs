namespace Fluxgate;

internal sealed class BackoffBreak(TimeSpan initial, double multiplier, TimeSpan max, double jitter) : BreakDuration
{
    public const double DefaultMultiplier = 2;

    public static readonly TimeSpan DefaultMax = TimeSpan.FromMinutes(10);

    public override TimeSpan Next(in BreakDurationContext context) =>
        Jittered(Math.Min(initial.Ticks * Math.Pow(multiplier, context.Reopens), max.Ticks), jitter, context);

    public override string ToString() =>
        $"Backoff({RuleText.Duration(initial)}, x{RuleText.Number(multiplier)}, max {RuleText.Duration(max)}{JitterText(jitter)})";
}
