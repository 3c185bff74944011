namespace Fluxgate;

/// <summary>What a break duration is told when the circuit opens.</summary>
public readonly struct BreakDurationContext
{
    private readonly RandomSource? _random;
    private readonly Reason? _reason;

    /// <summary>Creates a context; for trying a break duration alone.</summary>
    /// <param name="reopens">See <see cref="Reopens"/>.</param>
    /// <param name="randomizer">The source of chance, from 0 up to but without 1; a shared random one unless given.</param>
    /// <param name="reason">See <see cref="Reason"/>; that of a new breaker unless given.</param>
    public BreakDurationContext(long reopens, Func<double>? randomizer = null, Reason? reason = null)
        : this(reopens, reason, randomizer is null ? null : new RandomSource(randomizer)) { }

    internal BreakDurationContext(long reopens, Reason? reason, RandomSource? chance)
    {
        Reopens = reopens;
        _reason = reason;
        _random = chance;
    }

    /// <summary>How often the circuit has gone back from half-open to open since it was last closed or reset; 0 at the first break.</summary>
    public long Reopens { get; }

    /// <summary>
    /// Gets why the circuit opens. Where the tripper fired, the <see cref="Fluxgate.Reason.Findings"/> have what each leaf of the rule measured,
    /// such as the failure rate.
    /// </summary>
    public Reason Reason => _reason ?? Reason.Initial;

    /// <summary>Draws a number.</summary>
    /// <returns>At least 0 and less than 1.</returns>
    public double NextDouble() => (_random ?? RandomSource.Shared).Next();
}
