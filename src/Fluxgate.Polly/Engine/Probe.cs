namespace Fluxgate;

/// <summary>The lease of one call that probes. Guarded by the lock of its <see cref="Probes"/>.</summary>
internal sealed class Probe(HalfOpenPhase phase, long deadline, TimeSpan lease)
{
    public Phase Phase { get; } = phase;

    public long Deadline { get; } = deadline;

    public TimeSpan Lease { get; } = lease;

    /// <summary>Settled as a failure by its lease: the result of the call is stale, and was counted.</summary>
    public bool Expired { get; set; }

    public LinkedListNode<Probe>? Place { get; set; }
}
