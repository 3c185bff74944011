namespace Fluxgate;

/// <summary>The progress of a half-open phase when a call requests a permit: the argument of <see cref="Permit.Admits"/>.</summary>
public readonly struct PermitContext
{
    private readonly RandomSource? _random;

    /// <summary>Creates a context. Use it to test a permit without a breaker.</summary>
    /// <param name="elapsed">See <see cref="Elapsed"/>.</param>
    /// <param name="inFlight">See <see cref="InFlight"/>.</param>
    /// <param name="attempts">See <see cref="Attempts"/>.</param>
    /// <param name="randomizer">The random number generator, which returns at least 0 and less than 1; by default, <see cref="Random.Shared"/>.</param>
    public PermitContext(TimeSpan elapsed, int inFlight = 0, long attempts = 0, Func<double>? randomizer = null)
        : this(elapsed, inFlight, attempts, randomizer is null ? null : new RandomSource(randomizer)) { }

    internal PermitContext(TimeSpan elapsed, int inFlight, long attempts, RandomSource? random)
    {
        Elapsed = elapsed;
        InFlight = inFlight;
        Attempts = attempts;
        _random = random;
    }

    /// <summary>Gets how long the circuit has been half-open, on the monotonic clock.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Gets the number of probes in flight.</summary>
    public int InFlight { get; }

    /// <summary>Gets the number of calls that have requested a permit in this phase, not including this call.</summary>
    public long Attempts { get; }

    /// <summary>Draws a random number.</summary>
    /// <returns>A number of at least 0 and less than 1.</returns>
    public double NextDouble() => (_random ?? RandomSource.Shared).Next();
}
