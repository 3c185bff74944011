namespace Fluxgate;

/// <summary>How long a circuit stays open before it probes. An immutable description that settings may share.</summary>
/// <remarks>
/// Drawn once on entry to open, never under a lock. When it throws, or answers with a duration that is not positive, the breaker uses
/// 60 s, counts the error and reports it. So it does when another call would open the circuit 1 s after one began to draw, without an answer.
/// </remarks>
/// <example>
/// One's own:
/// <code>
/// sealed class LongerAtNight(TimeProvider clock) : BreakDuration
/// {
///     public override TimeSpan Next(in BreakDurationContext context) =>
///         TimeSpan.FromMinutes(clock.GetLocalNow().Hour &lt; 6 ? 10 : 1);
/// }
/// </code>
/// </example>
public abstract partial class BreakDuration
{
    /// <summary>No break: the next call probes. The circuit passes through open all the same.</summary>
    public static BreakDuration None { get; } = new NoBreak();

    /// <summary>Open until a manual call: <see cref="FluxgateBreaker.Reset"/> or <see cref="FluxgateBreaker.Probe"/>.</summary>
    public static BreakDuration UntilReset { get; } = new BreakUntilReset();

    /// <summary>The same duration every time.</summary>
    /// <param name="duration">Greater than zero.</param>
    /// <param name="jitter">Symmetric random part, at least 0 and less than 1: 0.1 draws from 90 % to 110 %. None unless given.</param>
    /// <returns>The break duration. The default of a breaker is <c>Fixed(60 s)</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public static BreakDuration Fixed(TimeSpan duration, double jitter = 0) =>
        new FixedBreak(Require.Positive(duration), Require.Jitter(jitter));

    /// <summary>Longer each time the circuit re-opens without having closed: <c>initial · multiplier^reopens</c>, capped, then jittered.</summary>
    /// <param name="initial">The first break, greater than zero.</param>
    /// <param name="multiplier">At least 1; 2 unless given.</param>
    /// <param name="max">The longest break before jitter, at least <paramref name="initial"/>; 10 minutes unless given (or <paramref name="initial"/>, where that is longer).</param>
    /// <param name="jitter">Symmetric random part applied after the cap, at least 0 and less than 1. None unless given.</param>
    /// <returns>The break duration.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public static BreakDuration Backoff(
        TimeSpan initial,
        double multiplier = BackoffBreak.DefaultMultiplier,
        TimeSpan? max = null,
        double jitter = 0
    )
    {
        Require.Positive(initial);
        Require.Multiplier(multiplier);
        Require.Jitter(jitter);
        if (max < initial)
        {
            throw new ArgumentOutOfRangeException(
                nameof(max),
                max,
                $"max must be at least initial ({RuleText.Duration(initial)}), but is {(max > TimeSpan.Zero ? RuleText.Duration(max.Value) : max)}."
            );
        }

        return new BackoffBreak(
            initial,
            multiplier,
            max ?? TimeSpan.FromTicks(Math.Max(initial.Ticks, BackoffBreak.DefaultMax.Ticks)),
            jitter
        );
    }

    /// <summary>Whether the circuit may be asked to open for no time at all.</summary>
    internal virtual bool MayBeZero => false;

    /// <summary>Draws the duration of one break.</summary>
    /// <param name="context">How often the circuit has re-opened, and the source of chance.</param>
    /// <returns>Greater than zero; <see cref="TimeSpan.MaxValue"/> means until a manual call.</returns>
    public abstract TimeSpan Next(in BreakDurationContext context);

    /// <summary>A duration with its symmetric random part.</summary>
    private protected static TimeSpan Jittered(double ticks, double jitter, in BreakDurationContext context)
    {
        var factor = jitter == 0 ? 1 : 1 + (jitter * ((2 * context.NextDouble()) - 1));
        return ticks * factor >= TimeSpan.MaxValue.Ticks ? TimeSpan.MaxValue : TimeSpan.FromTicks(Math.Max(1, (long)(ticks * factor)));
    }

    private protected static string JitterText(double jitter) => jitter == 0 ? "" : $", jitter {RuleText.Ratio(jitter)}";
}
