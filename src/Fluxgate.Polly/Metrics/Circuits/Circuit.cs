namespace Fluxgate;

/// <summary>The breakers of one name. Guarded by the lock of <see cref="Circuits"/>.</summary>
internal sealed class Circuit(string name)
{
    private Dictionary<MetricFamily, long>? _signals;

    public string Name { get; } = name;

    /// <summary>Oldest first; disposed ones too, until they are collected.</summary>
    public List<Member> Members { get; } = [];

    /// <summary>What breakers that were collected had counted.</summary>
    public IReadOnlyDictionary<MetricFamily, MetricSamples>? Inherited { get; set; }

    public bool Lives => Members.Exists(member => member.Lives);

    public void CountSignal(MetricFamily family)
    {
        _signals ??= [];
        _signals[family] = _signals.GetValueOrDefault(family) + 1;
    }

    /// <summary>Holds on to the breakers until they are read; <see langword="null"/> when none lives.</summary>
    public CircuitReading? Begin()
    {
        if (Members.FindLast(static member => member.Lives) is not { } member || member.Breaker is not { } newest)
        {
            return null;
        }

        FluxgateBreaker[] others =
            Members.Count == 1 ? [] : [.. Members.Select(other => other.Breaker).OfType<FluxgateBreaker>().Where(other => other != newest)];
        return new(Name, member, newest, others, Inherited, _signals is null ? null : new Dictionary<MetricFamily, long>(_signals));
    }
}
