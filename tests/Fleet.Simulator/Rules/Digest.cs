namespace Fluxgate;

/// <summary>What a member tells the fleet about one breaker at one exchange.</summary>
internal sealed record Digest
{
    /// <summary>Gets the number that the store gave the member when it joined.</summary>
    public required int Member { get; init; }

    public required int Zone { get; init; }

    /// <summary>Gets the number of the digest: 1, 2, 3, …. A member whose number moves is live.</summary>
    public required long Number { get; init; }

    public required BreakerState State { get; init; }

    /// <summary>Gets whether callers asked for calls within the shared window, admitted or not.</summary>
    public required bool HasTraffic { get; init; }

    /// <summary>Gets the age of the member's vote when the digest was sent, on the member's monotonic clock; <see langword="null"/> without one.</summary>
    public TimeSpan? VoteAge { get; init; }

    /// <summary>Gets the calls of the shared window while closed. Probes are not among them.</summary>
    public CallSums Closed { get; init; }

    /// <summary>Gets the epoch of the scope in which the member's circuit was open; 0 if it takes no part in a recovery.</summary>
    public long Epoch { get; init; }

    /// <summary>Gets the calls that were admitted in the recovery since the share changed, of the shared window at most.</summary>
    public CallSums Returned { get; init; }

    /// <summary>Gets the revision of the share on which the member has acted for the whole interval.</summary>
    public long ActedOn { get; init; }

    /// <summary>Gets whether the member has begun to probe in this recovery.</summary>
    public bool HasBegun { get; init; }

    /// <summary>Gets whether calls of the member have failed since it began, and none has succeeded: its own path is broken, or nothing works.</summary>
    public bool OnlyFails { get; init; }

    public bool IsManual => State is BreakerState.Disabled or BreakerState.ForcedOpen or BreakerState.MetricsOnly;

    /// <summary>Gets whether the member counts for quorums: it has traffic and is in no manual state.</summary>
    public bool IsEligible => HasTraffic && !IsManual;
}
