namespace Fluxgate;

/// <summary>The probes of a half-open phase: those in flight, ordered by the end of their leases, and the counts of all.</summary>
/// <remarks>The object is its own lock. A reconfiguration of the phase keeps it.</remarks>
internal sealed class Probes
{
    private readonly LinkedList<Probe> _inFlight = [];
    private long _firstDeadline = long.MaxValue;

    public ProbeCounts Counts;

    /// <summary>Gets the probe whose lease expires first.</summary>
    public Probe? First => _inFlight.First?.Value;

    /// <summary>Gets when the first lease ends; <see cref="long.MaxValue"/> for none. Needs no lock: a lease that starts meanwhile has not ended.</summary>
    public long FirstDeadline => Volatile.Read(ref _firstDeadline);

    public Probe Begin(HalfOpenPhase phase, long deadline, TimeSpan lease)
    {
        var probe = new Probe(phase, deadline, lease);
        Insert(probe);
        Counts.InFlight++;
        Counts.Admitted++;
        return probe;
    }

    /// <summary>Extends a lease to a later deadline.</summary>
    public void Renew(Probe probe, long deadline)
    {
        _inFlight.Remove(probe.Node!);
        probe.Deadline = deadline;
        Insert(probe);
    }

    /// <summary>Removes a probe and counts its verdict.</summary>
    /// <returns>The counts at the probe's own place in the order.</returns>
    public ProbeCounts End(Probe probe, Verdict verdict)
    {
        _inFlight.Remove(probe.Node!);
        probe.Scope?.End();
        Volatile.Write(ref _firstDeadline, First?.Deadline ?? long.MaxValue);
        Counts.InFlight--;
        if (verdict == Verdict.Ignored)
        {
            Counts.IgnoredInARow++;
            return Counts;
        }

        var failed = verdict == Verdict.Failure;
        Counts.IgnoredInARow = 0;
        Counts.Recorded++;
        Counts.Expired += probe.Expired ? 1 : 0;
        Counts.Successes += failed ? 0 : 1;
        Counts.ConsecutiveFailures = failed ? Counts.ConsecutiveFailures + 1 : 0;
        Counts.ConsecutiveSuccesses = failed ? 0 : Counts.ConsecutiveSuccesses + 1;
        return Counts;
    }

    private void Insert(Probe probe)
    {
        // A reconfiguration can make new leases shorter than older ones.
        var before = _inFlight.Last;
        while (before?.Value.Deadline > probe.Deadline)
        {
            before = before.Previous;
        }

        probe.Node = before is null ? _inFlight.AddFirst(probe) : _inFlight.AddAfter(before, probe);
        Volatile.Write(ref _firstDeadline, First!.Deadline);
    }
}

/// <summary>A call that probes, and its lease. Guarded by the lock of its <see cref="Probes"/>.</summary>
internal sealed class Probe(HalfOpenPhase phase, long deadline, TimeSpan lease)
{
    public HalfOpenPhase Phase { get; } = phase;

    public long Deadline { get; set; } = deadline;

    public TimeSpan Lease { get; } = lease;

    /// <summary>
    /// Gets or sets a value that indicates whether the lease has expired. The probe is then counted as a failure, and the result of the
    /// call is stale.
    /// </summary>
    public bool Expired { get; set; }

    public LinkedListNode<Probe>? Node { get; set; }

    /// <summary>Gets whether the probe has not settled, neither by its result nor by its lease.</summary>
    public bool IsInFlight => Node is { List: not null };

    /// <summary>Gets or sets the number of calls inside this probe that were admitted as part of it.</summary>
    public int NestedCalls { get; set; }

    /// <summary>Gets or sets the scope of the code that runs in this probe; <see langword="null"/> without a pipeline.</summary>
    public ProbeScope? Scope { get; set; }
}

/// <summary>The counts of the probes of a half-open phase. Parts are evaluated with a copy.</summary>
internal struct ProbeCounts
{
    public long Asked;
    public long Admitted;
    public int InFlight;
    public long Recorded;
    public long Successes;
    public long ConsecutiveFailures;
    public long ConsecutiveSuccesses;
    public long IgnoredInARow;

    /// <summary>The recorded probes whose lease expired.</summary>
    public long Expired;
}
