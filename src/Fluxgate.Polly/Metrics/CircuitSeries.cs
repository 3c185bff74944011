namespace Fluxgate;

/// <summary>The breakers and groups of one name, which share their series. Guarded by the lock of <see cref="Circuits"/>.</summary>
internal sealed class CircuitSeries(string name)
{
    // First the disposed breakers, then the others, oldest first. A linked list, so that one of many is removed in constant time.
    private readonly LinkedList<TrackedSource> _sources = [];
    private readonly KeySelection _keys = new();
    private Dictionary<MetricFamily, long>? _signals;

    public string Name { get; } = name;

    /// <summary>Gets or sets the counts of breakers that have been collected.</summary>
    public IReadOnlyDictionary<MetricFamily, MetricSamples>? Inherited { get; set; }

    public bool IsAlive => Newest is not null;

    /// <summary>Gets the newest breaker that is alive. Skips breakers that are collected but not yet inherited. The disposed ones are at the start of the list.</summary>
    private TrackedSource? Newest
    {
        get
        {
            // Each is asked once: the garbage collector may clear its reference at any moment.
            for (var node = _sources.Last; node is { Value.Disposed: false }; node = node.Previous)
            {
                if (node.Value.IsAlive)
                {
                    return node.Value;
                }
            }

            return null;
        }
    }

    public TrackedSource Add(object source)
    {
        var tracked = new TrackedSource(source);
        tracked.Node = _sources.AddLast(tracked);
        return tracked;
    }

    /// <summary>Marks a breaker as disposed. Its counts remain until it is collected, but it does not keep the circuit visible.</summary>
    public void Dispose(TrackedSource tracked)
    {
        if (!tracked.Disposed)
        {
            tracked.Disposed = true;
            _sources.Remove(tracked.Node);
            _sources.AddFirst(tracked.Node);
        }
    }

    public void Remove(TrackedSource tracked) => _sources.Remove(tracked.Node);

    public void CountSignal(MetricFamily family)
    {
        _signals ??= [];
        _signals[family] = _signals.GetValueOrDefault(family) + 1;
    }

    /// <summary>Starts a reading, which references the breakers until it has read them. Returns <see langword="null"/> if no breaker is alive.</summary>
    public CircuitReading? Begin()
    {
        if (Newest is not { } tracked || tracked.Source is not { } newest)
        {
            return null;
        }

        object[] others =
            _sources.Count == 1 ? [] : [.. _sources.Select(other => other.Source).OfType<object>().Where(other => other != newest)];
        return new(Name, tracked, newest, others, _keys, Inherited, _signals is null ? null : new Dictionary<MetricFamily, long>(_signals));
    }
}
