namespace Fluxgate;

/// <summary>Determines how long a circuit stays open before it probes. An immutable description that settings can share.</summary>
/// <remarks>
/// The breaker draws the duration once, when the circuit opens, and never under a lock. When <see cref="Next"/> throws or returns a duration that
/// is not positive, the breaker uses 60 s, and the error is counted and reported. The same applies when <see cref="Next"/> has not
/// returned after 1 s and another call would open the circuit.
/// </remarks>
/// <example>
/// A custom break duration:
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
    /// <summary>Gets a break duration of zero: the next call probes. The circuit still passes through the open state.</summary>
    public static BreakDuration None { get; } = new NoBreak();

    /// <summary>Gets a break that lasts until a manual call, such as <see cref="FluxgateBreaker.Reset"/> or <see cref="FluxgateBreaker.Probe"/>.</summary>
    public static BreakDuration UntilReset { get; } = new BreakUntilReset();

    /// <summary>Creates a fixed break duration.</summary>
    /// <param name="duration">The duration, greater than zero.</param>
    /// <param name="jitter">The symmetric jitter, at least 0 and less than 1; 0 by default. With 0.1, the duration is between 90 % and 110 %.</param>
    /// <returns>The break duration. The default of a breaker is <c>Fixed(60 s)</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public static BreakDuration Fixed(TimeSpan duration, double jitter = 0) =>
        new FixedBreak(Require.Positive(duration), Require.Jitter(jitter));

    /// <summary>Creates a break duration that grows each time the circuit re-opens without having closed: <c>initial · multiplier^reopens</c>, capped at <paramref name="max"/>, with jitter applied after the cap.</summary>
    /// <param name="initial">The first break, greater than zero.</param>
    /// <param name="multiplier">The factor of each re-opening, at least 1; 2 by default.</param>
    /// <param name="max">The longest break before jitter, at least <paramref name="initial"/>; by default, 10 minutes or <paramref name="initial"/>, whichever is longer.</param>
    /// <param name="jitter">The symmetric jitter, applied after the cap, at least 0 and less than 1; 0 by default.</param>
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

    /// <summary>Gets whether a duration of zero is valid.</summary>
    internal virtual bool MayBeZero => false;

    /// <summary>Draws the duration of one break.</summary>
    /// <param name="context">The number of re-openings, the reason, and the random number generator.</param>
    /// <returns>The duration, greater than zero; <see cref="TimeSpan.MaxValue"/> means until a manual call.</returns>
    public abstract TimeSpan Next(in BreakDurationContext context);

    /// <summary>Returns a duration with symmetric jitter.</summary>
    private protected static TimeSpan Jittered(double ticks, double jitter, in BreakDurationContext context)
    {
        var factor = jitter == 0 ? 1 : 1 + (jitter * ((2 * context.NextDouble()) - 1));
        return ticks * factor >= TimeSpan.MaxValue.Ticks ? TimeSpan.MaxValue : TimeSpan.FromTicks(Math.Max(1, (long)(ticks * factor)));
    }

    private protected static string JitterText(double jitter) => jitter == 0 ? "" : $", jitter {RuleText.Ratio(jitter)}";
}
