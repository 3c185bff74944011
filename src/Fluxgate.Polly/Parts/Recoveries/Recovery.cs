namespace Fluxgate;

/// <summary>When probing ends well; composed with <c>&amp;</c>. An immutable description that settings may share.</summary>
/// <remarks>
/// Asked after each successful probe that leaves the tripper quiet, from many threads at once and never under a lock. When it throws,
/// the breaker takes it as not yet, counts the error and reports it.
/// </remarks>
/// <example>
/// One's own:
/// <code>
/// sealed class ThreeInARow : Recovery
/// {
///     public override bool IsOver(in RecoveryContext context) => context.ConsecutiveSuccesses >= 3;
/// }
/// </code>
/// </example>
public abstract partial class Recovery
{
    /// <summary>
    /// At the first success that leaves the tripper quiet: the rule of the Python fluxgate. It asks for no number of probes, so minimums in
    /// the tripper stay as they are, and probes that only fail re-open the circuit by the tripper alone.
    /// </summary>
    public static Recovery WhenQuiet { get; } = new QuietRecovery();

    /// <summary>After so many recorded probes. While half-open minimums and streaks in the tripper ask for no more than this number, and so many probes without one success, or so many ignored in a row, re-open.</summary>
    /// <param name="count">At least 1.</param>
    /// <returns>The recovery. The default of a breaker is <c>AfterProbes(10)</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static Recovery AfterProbes(int count) => new ProbesRecovery(Require.Count(count));

    /// <summary>After the circuit has been half-open for a time, at the next success.</summary>
    /// <param name="duration">Greater than zero.</param>
    /// <returns>The recovery.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is not positive.</exception>
    public static Recovery After(TimeSpan duration) => new TimedRecovery(Require.Positive(duration));

    /// <summary>Both recoveries.</summary>
    /// <param name="left">One recovery.</param>
    /// <param name="right">The other recovery.</param>
    /// <returns>A recovery that is over when both are.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, or the result would be nested more than 500 deep.</exception>
    public static Recovery operator &(Recovery left, Recovery right) => new BothRecoveries(Require.NotNull(left), Require.NotNull(right));

    /// <summary>What a half-open phase asks: the recovery itself when it keeps nothing between questions, else a fresh one.</summary>
    /// <returns>The recovery with the phase's own state, thread-safe.</returns>
    public virtual Recovery Start() => this;

    /// <summary>Whether the circuit may close.</summary>
    /// <param name="context">Where the phase stands.</param>
    /// <returns><see langword="true"/> to close the circuit.</returns>
    public abstract bool IsOver(in RecoveryContext context);

    /// <summary>The largest number of an <see cref="AfterProbes"/> in it.</summary>
    internal virtual int? Probes => null;

    internal virtual bool HasWhenQuiet => false;

    internal virtual int Depth => 1;

    /// <summary>What it is composed of, from left to right.</summary>
    internal virtual IEnumerable<Recovery> Leaves => [this];

    /// <summary>The number of probes that bounds a half-open phase (rule 4), or <see langword="null"/> where nothing does.</summary>
    internal int? ProbeLimit => Probes ?? (HasWhenQuiet ? null : FluxgateDefaults.RecoveryProbes);
}
