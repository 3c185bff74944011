namespace Fluxgate;

/// <summary>The progress of a half-open phase after a successful probe: the argument of <see cref="Recovery.IsComplete"/>.</summary>
public readonly struct RecoveryContext
{
    /// <summary>Creates a context. Use it to test a recovery without a breaker.</summary>
    /// <param name="elapsed">See <see cref="Elapsed"/>.</param>
    /// <param name="probes">See <see cref="Probes"/>.</param>
    /// <param name="successes">See <see cref="Successes"/>.</param>
    /// <param name="consecutiveSuccesses">See <see cref="ConsecutiveSuccesses"/>.</param>
    public RecoveryContext(TimeSpan elapsed, long probes, long successes, long consecutiveSuccesses)
    {
        Elapsed = elapsed;
        Probes = probes;
        Successes = successes;
        ConsecutiveSuccesses = consecutiveSuccesses;
    }

    /// <summary>Gets how long the circuit has been half-open, on the monotonic clock.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Gets the number of recorded probes of the phase: successes and failures, not ignored ones.</summary>
    public long Probes { get; }

    /// <summary>Gets the number of probes of the phase that succeeded.</summary>
    public long Successes { get; }

    /// <summary>Gets the number of successes since the last failed probe of the phase.</summary>
    public long ConsecutiveSuccesses { get; }
}
