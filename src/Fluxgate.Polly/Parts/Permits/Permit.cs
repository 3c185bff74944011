namespace Fluxgate;

/// <summary>
/// Decides which calls probe while the circuit is half-open. Permits are combined with <c>&amp;</c>. An immutable description that settings can
/// share.
/// </summary>
/// <remarks>
/// The breaker evaluates it from many threads at once and never under a lock. When it throws, the breaker admits one probe at a time, and
/// the error is counted and reported. The first probe of a half-open phase is always admitted. Until one probe has succeeded, at most
/// 10 probes are in flight, or the number of a <see cref="MaxConcurrent"/>.
/// </remarks>
/// <example>
/// A custom permit:
/// <code>
/// sealed class EveryOther : Permit
/// {
///     public override bool Admits(in PermitContext context) => context.Attempts % 2 == 0;
/// }
/// </code>
/// </example>
public abstract partial class Permit
{
    /// <summary>Gets a permit that admits every call.</summary>
    public static Permit All { get; } = new PermitAll();

    /// <summary>Creates a permit that admits each call with the same probability.</summary>
    /// <param name="ratio">The probability, greater than 0 and at most 1.</param>
    /// <returns>The permit.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ratio"/> is out of range or not a number.</exception>
    public static Permit Random(double ratio) => new RandomPermit(Require.Ratio(ratio));

    /// <summary>Creates a permit that admits each call with a probability that grows linearly while half-open. The circuit does not close before the ramp has ended.</summary>
    /// <param name="initial">The probability at the start, greater than 0 and at most <paramref name="final"/>.</param>
    /// <param name="final">The probability at the end and afterwards, at most 1.</param>
    /// <param name="duration">The duration of the ramp, greater than zero.</param>
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

    /// <summary>Creates a permit that limits the probes in flight. It replaces the limit of 10 that applies until a probe has succeeded.</summary>
    /// <param name="count">The most probes in flight, at least 1.</param>
    /// <returns>The permit.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static Permit MaxConcurrent(int count) => new MaxConcurrentPermit(Require.Count(count));

    /// <summary>Combines two permits into one that admits what both admit.</summary>
    /// <param name="left">One permit.</param>
    /// <param name="right">The other permit.</param>
    /// <returns>The combined permit.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or the result would be nested more than 500 deep.</exception>
    public static Permit operator &(Permit left, Permit right) => new BothPermits(Require.NotNull(left), Require.NotNull(right));

    /// <summary>Gets how long each half-open phase lasts at least before the circuit can close, such as the duration of a ramp.</summary>
    /// <value>Zero by default.</value>
    public virtual TimeSpan RecoveryDelay => TimeSpan.Zero;

    /// <summary>Starts the permit of a half-open phase. Return a new instance if the permit has state; by default, returns this instance.</summary>
    /// <returns>The permit that the phase evaluates. Must be thread-safe.</returns>
    public virtual Permit Start() => this;

    /// <summary>Returns whether a call can probe.</summary>
    /// <param name="context">The progress of the phase.</param>
    /// <returns><see langword="true"/> to admit the call; <see langword="false"/> to reject it.</returns>
    public abstract bool Admits(in PermitContext context);

    /// <summary>Gets the limit of a <see cref="MaxConcurrent"/>, which the breaker enforces exactly; <see langword="null"/> if there is none.</summary>
    internal virtual int? MostInFlight => null;

    internal virtual int Depth => 1;

    /// <summary>Gets the permits that this one is composed of, from left to right.</summary>
    internal virtual IEnumerable<Permit> Leaves => [this];
}
