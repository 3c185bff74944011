using Prometheus;

namespace Fluxgate;

/// <summary>
/// Sets the states of circuits, of which one is 1. A series is replaced and never set again, so that a collection that is being written keeps
/// the state that it started with.
/// </summary>
internal sealed class StateCollector(Gauge gauge) : FamilyCollector
{
    private readonly Dictionary<string, List<SeriesValue>> _shown = new(StringComparer.Ordinal);

    public override void Set(IReadOnlyList<SeriesValue> series)
    {
        var read = series
            .GroupBy(one => one.Labels[0], StringComparer.Ordinal)
            .ToDictionary(circuit => circuit.Key, circuit => circuit.ToList(), StringComparer.Ordinal);
        foreach (var circuit in _shown.Keys.Where(circuit => !read.ContainsKey(circuit)).ToList())
        {
            Remove(circuit);
        }

        foreach (var (circuit, states) in read)
        {
            if (!IsShown(circuit, states))
            {
                Remove(circuit);
                Show(circuit, states);
            }
        }
    }

    private bool IsShown(string circuit, List<SeriesValue> states) =>
        _shown.TryGetValue(circuit, out var shown)
        && shown.Count == states.Count
        && shown.Zip(states).All(pair => pair.First.Sample == pair.Second.Sample);

    /// <summary>Removes the zeros first: an overlapping collection contains only the old state, or no series of the circuit.</summary>
    private void Remove(string circuit)
    {
        if (_shown.Remove(circuit, out var states))
        {
            foreach (var state in states.OrderBy(state => state.Sample.Value))
            {
                gauge.RemoveLabelled(state.Labels);
            }
        }
    }

    private void Show(string circuit, List<SeriesValue> states)
    {
        foreach (var state in states.OrderByDescending(state => state.Sample.Value))
        {
            gauge.WithLabels(state.Labels).Set(state.Sample.Value);
        }

        _shown.Add(circuit, states);
    }
}
