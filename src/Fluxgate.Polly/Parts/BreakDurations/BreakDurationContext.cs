namespace Fluxgate;

/// <summary>The argument of <see cref="BreakDuration.Next"/>.</summary>
public readonly struct BreakDurationContext
{
    private readonly RandomSource? _random;
    private readonly Reason? _reason;

    /// <summary>Creates a context. Use it to test a break duration without a breaker.</summary>
    /// <param name="reopens">See <see cref="Reopens"/>.</param>
    /// <param name="randomizer">The random number generator, which returns at least 0 and less than 1; by default, <see cref="Random.Shared"/>.</param>
    /// <param name="reason">See <see cref="Reason"/>; by default, the reason of a new breaker.</param>
    public BreakDurationContext(long reopens, Func<double>? randomizer = null, Reason? reason = null)
        : this(reopens, reason, randomizer is null ? null : new RandomSource(randomizer)) { }

    internal BreakDurationContext(long reopens, Reason? reason, RandomSource? random)
    {
        Reopens = reopens;
        _reason = reason;
        _random = random;
    }

    /// <summary>Gets how often the circuit has returned from half-open to open since it was last closed or reset; 0 at the first break.</summary>
    public long Reopens { get; }

    /// <summary>
    /// Gets the reason why the circuit opens. If the tripper fired, its <see cref="Fluxgate.Reason.Findings"/> contain the measured value of each
    /// leaf that fired, such as the failure rate.
    /// </summary>
    public Reason Reason => _reason ?? Reason.Initial;

    /// <summary>Draws a random number.</summary>
    /// <returns>A number of at least 0 and less than 1.</returns>
    public double NextDouble() => (_random ?? RandomSource.Shared).Next();
}
