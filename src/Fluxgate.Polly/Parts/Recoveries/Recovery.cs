namespace Fluxgate;

/// <summary>
/// Decides when probing has succeeded and the circuit closes. Recoveries are combined with <c>&amp;</c>. An immutable description that settings
/// can share.
/// </summary>
/// <remarks>
/// The breaker evaluates it after each successful probe for which the tripper does not fire, from many threads at once and never under a
/// lock. When it throws, the circuit does not close yet, and the error is counted and reported.
/// </remarks>
/// <example>
/// A custom recovery:
/// <code>
/// sealed class ThreeInARow : Recovery
/// {
///     public override bool IsComplete(in RecoveryContext context) => context.ConsecutiveSuccesses >= 3;
/// }
/// </code>
/// </example>
public abstract partial class Recovery
{
    /// <summary>
    /// Gets a recovery that is complete at the first success for which the tripper does not fire (the rule of the Python fluxgate). It has no
    /// number of probes, so minimums in the tripper are not capped, and only the tripper re-opens the circuit if all probes fail.
    /// </summary>
    public static Recovery WhenQuiet { get; } = new QuietRecovery();

    /// <summary>Creates a recovery that is complete after <paramref name="count"/> recorded probes. While half-open, minimums and streaks in the tripper are capped at this number. As many probes without a success, or as many ignored probes in a row, re-open the circuit.</summary>
    /// <param name="count">The number of probes, at least 1.</param>
    /// <returns>The recovery. The default of a breaker is <c>AfterProbes(10)</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static Recovery AfterProbes(int count) => new ProbesRecovery(Require.Count(count));

    /// <summary>Creates a recovery that is complete at the first success after the circuit has been half-open for <paramref name="duration"/>.</summary>
    /// <param name="duration">The duration, greater than zero.</param>
    /// <returns>The recovery.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is not positive.</exception>
    public static Recovery After(TimeSpan duration) => new TimedRecovery(Require.Positive(duration));

    /// <summary>Combines two recoveries into one that is complete when both are.</summary>
    /// <param name="left">One recovery.</param>
    /// <param name="right">The other recovery.</param>
    /// <returns>The combined recovery.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or the result would be nested more than 500 deep.</exception>
    public static Recovery operator &(Recovery left, Recovery right) => new BothRecoveries(Require.NotNull(left), Require.NotNull(right));

    /// <summary>Starts the recovery of a half-open phase. Return a new instance if the recovery has state; by default, returns this instance.</summary>
    /// <returns>The recovery that the phase evaluates. Must be thread-safe.</returns>
    public virtual Recovery Start() => this;

    /// <summary>Returns whether probing has succeeded.</summary>
    /// <param name="context">The progress of the phase.</param>
    /// <returns><see langword="true"/> to close the circuit.</returns>
    public abstract bool IsComplete(in RecoveryContext context);

    /// <summary>Gets the largest number of all <see cref="AfterProbes"/> in this recovery, or <see langword="null"/> if there is none.</summary>
    internal virtual int? Probes => null;

    internal virtual bool HasWhenQuiet => false;

    internal virtual int Depth => 1;

    /// <summary>Gets the recoveries that this one is composed of, from left to right.</summary>
    internal virtual IEnumerable<Recovery> Leaves => [this];

    /// <summary>Gets the number of probes that limits a half-open phase (rule 4), or <see langword="null"/> if there is no limit.</summary>
    internal int? ProbeLimit => Probes ?? (HasWhenQuiet ? null : FluxgateDefaults.RecoveryProbes);
}
