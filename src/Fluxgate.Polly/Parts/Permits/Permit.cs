namespace Fluxgate;

/// <summary>Which calls probe while half-open; composed with <c>&amp;</c>. An immutable description that settings may share.</summary>
/// <remarks>
/// Asked from many threads at once and never under a lock. When it throws, the breaker lets one probe in at a time, counts the error and
/// reports it. The first probe of a half-open phase is let in whatever its permit says, and until one probe has succeeded no more than
/// 10 are in flight, or the number of a <see cref="MaxConcurrent"/>.
/// </remarks>
/// <example>
/// One's own:
/// <code>
/// sealed class EveryOther : Permit
/// {
///     public override bool Admits(in PermitContext context) => context.Asked % 2 == 0;
/// }
/// </code>
/// </example>
public abstract partial class Permit
{
    /// <summary>Every call.</summary>
    public static Permit All { get; } = new PermitAll();

    /// <summary>Each call with the same chance.</summary>
    /// <param name="ratio">Greater than 0, at most 1.</param>
    /// <returns>The permit.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ratio"/> is out of range or not a number.</exception>
    public static Permit Random(double ratio) => new RandomPermit(Require.Ratio(ratio));

    /// <summary>Each call with a chance that grows evenly while half-open. Recovery waits until the ramp is over.</summary>
    /// <param name="initial">The chance at the start, greater than 0 and at most <paramref name="final"/>.</param>
    /// <param name="final">The chance at the end and after it, at most 1.</param>
    /// <param name="duration">How long the ramp takes, greater than zero.</param>
    /// <returns>The permit. The default of a breaker is <c>RampUp(10 %, 100 %, 60 s)</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public static Permit RampUp(double initial, double final, TimeSpan duration)
    {
        Require.Ratio(initial);
        Require.Ratio(final);
        if (initial > final)
        {
            throw new ArgumentOutOfRangeException(
                nameof(initial),
                initial,
                $"initial must be at most final ({RuleText.Number(final)}), but is {RuleText.Number(initial)}."
            );
        }

        return new RampUpPermit(initial, final, Require.Positive(duration));
    }

    /// <summary>No more than so many probes in flight at a time. It replaces the 10 that hold until a first probe has succeeded.</summary>
    /// <param name="count">At least 1.</param>
    /// <returns>The permit.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static Permit MaxConcurrent(int count) => new MaxConcurrentPermit(Require.Count(count));

    /// <summary>Both permits.</summary>
    /// <param name="left">One permit.</param>
    /// <param name="right">The other permit.</param>
    /// <returns>A permit that admits what both admit.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or the result would be nested more than 500 deep.</exception>
    public static Permit operator &(Permit left, Permit right) => new BothPermits(Require.NotNull(left), Require.NotNull(right));

    /// <summary>How long recovery waits in each half-open phase, as a ramp wants it; zero unless overridden.</summary>
    public virtual TimeSpan HoldsRecoveryFor => TimeSpan.Zero;

    /// <summary>What a half-open phase asks: the permit itself when it keeps nothing between questions, else a fresh one.</summary>
    /// <returns>The permit with the phase's own state, thread-safe.</returns>
    public virtual Permit Start() => this;

    /// <summary>Whether a call may probe.</summary>
    /// <param name="context">Where the phase stands.</param>
    /// <returns><see langword="true"/> to let it in.</returns>
    public abstract bool Admits(in PermitContext context);

    /// <summary>The bound on probes in flight that a <see cref="MaxConcurrent"/> sets, kept by the breaker exactly.</summary>
    internal virtual int? MostInFlight => null;

    internal virtual int Depth => 1;

    /// <summary>What it is composed of, from left to right.</summary>
    internal virtual IEnumerable<Permit> Leaves => [this];
}
