namespace Fluxgate;

/// <summary>The probes in flight in the order in which their leases end: that of their beginning, but for leases that a reconfiguration made shorter. Guarded by the phase.</summary>
internal sealed class Leases
{
    private Probe? _newest;

    public Probe? Oldest { get; private set; }

    public Probe Add(long deadline, TimeSpan lease)
    {
        var older = _newest;
        while (older is not null && older.Deadline > deadline)
        {
            older = older.Older;
        }

        var probe = new Probe(deadline, lease) { Older = older, Newer = older is null ? Oldest : older.Newer };
        if (older is null)
        {
            Oldest = probe;
        }
        else
        {
            older.Newer = probe;
        }

        if (probe.Newer is null)
        {
            _newest = probe;
        }
        else
        {
            probe.Newer.Older = probe;
        }

        return probe;
    }

    public void Remove(Probe probe)
    {
        if (probe.Older is null)
        {
            Oldest = probe.Newer;
        }
        else
        {
            probe.Older.Newer = probe.Newer;
        }

        if (probe.Newer is null)
        {
            _newest = probe.Older;
        }
        else
        {
            probe.Newer.Older = probe.Older;
        }

        (probe.Older, probe.Newer) = (null, null);
    }
}
