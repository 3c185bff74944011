namespace Fluxgate.Simulation;

/// <summary>The store: digests, one summary, leases and a lead, on its own clock. It decides nothing.</summary>
internal sealed class Store(World world, EventQueue queue)
{
    private static readonly TimeSpan Forgets = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LeadTime = TimeSpan.FromSeconds(3);

    private readonly SortedDictionary<int, (Digest Digest, TimeSpan At)> _digests = [];
    private readonly ProbeLeases[] _leases =
    [
        .. Enumerable
            .Range(0, world.Zones)
            .Select(_ => new ProbeLeases(Math.Max(1, world.Rules.Probers / world.Zones), world.Rules.LeaseTime)),
    ];
    private FleetSummary _summary = FleetSummary.Empty(world.Zones);
    private int _leader = -1;
    private TimeSpan _leadUntil;

    public FleetSummary Summary => _summary;

    /// <summary>Exchanges a digest for the summary.</summary>
    public Response Exchange(Digest digest, bool wantsLease)
    {
        _digests[digest.Member] = (digest, queue.Now);
        var leases = _leases[digest.Zone];
        if (!wantsLease)
        {
            leases.Release(digest.Member);
        }

        var hasLease = wantsLease && leases.TryTake(digest.Member, queue.Now);
        if (_leader == digest.Member || _leadUntil <= queue.Now)
        {
            (_leader, _leadUntil) = (digest.Member, queue.Now + LeadTime);
        }

        return new(_summary, hasLease, _leader == digest.Member);
    }

    /// <summary>Returns all digests of the last minute.</summary>
    public Digest[] ReadDigests()
    {
        foreach (var member in _digests.Where(entry => entry.Value.At + Forgets < queue.Now).Select(entry => entry.Key).ToArray())
        {
            _digests.Remove(member);
        }

        return [.. _digests.Values.Select(entry => entry.Digest)];
    }

    /// <summary>Replaces the summary, if nobody else has done so since it was read.</summary>
    public void Write(FleetSummary summary)
    {
        if (summary.Revision == _summary.Revision + 1)
        {
            _summary = summary;
        }
    }

    internal sealed record Response(FleetSummary Summary, bool HasLease, bool Leads);
}
