namespace Fluxgate;

/// <summary>The lease of one call that probes. Its phase guards what is in it.</summary>
internal sealed class Probe(long deadline, TimeSpan lease)
{
    public long Deadline { get; } = deadline;

    public TimeSpan Lease { get; } = lease;

    public Probe? Older { get; set; }

    public Probe? Newer { get; set; }

    /// <summary>Settled as a failure by its lease: what the call brings later is stale, and was counted.</summary>
    public bool Expired { get; set; }
}
