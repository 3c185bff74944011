namespace Fluxgate;

/// <summary>The breakers of one name. Guarded by the lock of <see cref="Circuits"/>.</summary>
internal sealed class CircuitSeries(string name)
{
    // Those that were disposed, then the others, oldest first. Linked, so that one of many leaves without moving the rest.
    private readonly LinkedList<TrackedBreaker> _members = [];
    private Dictionary<MetricFamily, long>? _signals;

    public string Name { get; } = name;

    /// <summary>What breakers that were collected had counted.</summary>
    public IReadOnlyDictionary<MetricFamily, MetricSamples>? Inherited { get; set; }

    public bool IsAlive => Newest is not null;

    /// <summary>The newest that lives. Looks past those that are collected and not yet inherited; the disposed ones stand before all others.</summary>
    private TrackedBreaker? Newest
    {
        get
        {
            var node = _members.Last;
            while (node is { Value: { IsAlive: false, Disposed: false } })
            {
                node = node.Previous;
            }

            return node is { Value: { IsAlive: true } newest } ? newest : null;
        }
    }

    public TrackedBreaker Add(FluxgateBreaker breaker)
    {
        var member = new TrackedBreaker(breaker);
        member.Place = _members.AddLast(member);
        return member;
    }

    /// <summary>A breaker is disposed: it counts until it is collected, and the circuit lives by others.</summary>
    public void Dispose(TrackedBreaker member)
    {
        if (!member.Disposed)
        {
            member.Disposed = true;
            _members.Remove(member.Place);
            _members.AddFirst(member.Place);
        }
    }

    public void Remove(TrackedBreaker member) => _members.Remove(member.Place);

    public void CountSignal(MetricFamily family)
    {
        _signals ??= [];
        _signals[family] = _signals.GetValueOrDefault(family) + 1;
    }

    /// <summary>Holds on to the breakers until they are read; <see langword="null"/> when none lives.</summary>
    public CircuitReading? Begin()
    {
        if (Newest is not { } member || member.Breaker is not { } newest)
        {
            return null;
        }

        FluxgateBreaker[] others =
            _members.Count == 1
                ? []
                : [.. _members.Select(other => other.Breaker).OfType<FluxgateBreaker>().Where(other => other != newest)];
        return new(Name, member, newest, others, Inherited, _signals is null ? null : new Dictionary<MetricFamily, long>(_signals));
    }
}
