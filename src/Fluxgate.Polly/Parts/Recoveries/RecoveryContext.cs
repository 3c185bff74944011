namespace Fluxgate;

/// <summary>Where a half-open phase stands after a successful probe.</summary>
public readonly struct RecoveryContext
{
    /// <summary>Creates a context; for trying a recovery alone.</summary>
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

    /// <summary>How long the circuit has been half-open, on the monotonic clock.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Recorded probes of the phase: successes and failures, not ignored ones.</summary>
    public long Probes { get; }

    /// <summary>Probes of the phase that succeeded.</summary>
    public long Successes { get; }

    /// <summary>Successes since the phase's last failed probe.</summary>
    public long ConsecutiveSuccesses { get; }
}
