namespace Fluxgate;

/// <summary>Where a half-open phase stands when a call asks to probe.</summary>
public readonly struct PermitContext
{
    private readonly RandomSource? _random;

    /// <summary>Creates a context; for trying a permit alone.</summary>
    /// <param name="elapsed">See <see cref="Elapsed"/>.</param>
    /// <param name="inFlight">See <see cref="InFlight"/>.</param>
    /// <param name="asked">See <see cref="Asked"/>.</param>
    /// <param name="randomizer">The source of chance, from 0 up to but without 1; a shared random one unless given.</param>
    public PermitContext(TimeSpan elapsed, int inFlight = 0, long asked = 0, Func<double>? randomizer = null)
        : this(elapsed, inFlight, asked, randomizer is null ? null : new RandomSource(randomizer)) { }

    internal PermitContext(TimeSpan elapsed, int inFlight, long asked, RandomSource? chance)
    {
        Elapsed = elapsed;
        InFlight = inFlight;
        Asked = asked;
        _random = chance;
    }

    /// <summary>How long the circuit has been half-open, on the monotonic clock.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Probes in flight at the moment.</summary>
    public int InFlight { get; }

    /// <summary>Calls that have asked to probe in this phase, this one not counted.</summary>
    public long Asked { get; }

    /// <summary>Draws a number.</summary>
    /// <returns>At least 0 and less than 1.</returns>
    public double NextDouble() => (_random ?? RandomSource.Shared).Next();
}
