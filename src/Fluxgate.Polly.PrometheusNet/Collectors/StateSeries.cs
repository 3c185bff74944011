using Prometheus;

namespace Fluxgate;

/// <summary>
/// The states of a circuit, or of the circuits of a group's keys, of which one is 1. The series of a circuit whose state changes are replaced and
/// never set again, so that a collection that is being written keeps the state that it started with (trap M2). Those of other circuits stay.
/// </summary>
internal sealed class StateSeries(Gauge gauge, MetricFamily family, string? circuit) : FamilySeries(family, circuit)
{
    private readonly bool _hasKeys = family.Labels.Count > 1;
    private MetricSample[] _shown = [];

    public override void Set(ReadOnlySpan<MetricSample> samples)
    {
        if (samples.SequenceEqual(_shown))
        {
            return;
        }

        var before = _shown.ToLookup(CircuitOf, StringComparer.Ordinal);
        _shown = samples.ToArray();
        var now = _shown.ToLookup(CircuitOf, StringComparer.Ordinal);

        // The zeros first: an overlapping collection contains only the old state, or no series of the circuit.
        foreach (var state in Differing(before, now).OrderBy(state => state.Value))
        {
            gauge.RemoveLabelled(LabelsOf(state.Labels));
        }

        foreach (var state in Differing(now, before).OrderByDescending(state => state.Value))
        {
            gauge.WithLabels(LabelsOf(state.Labels)).Set(state.Value);
        }
    }

    private static IEnumerable<MetricSample> Differing(ILookup<string, MetricSample> some, ILookup<string, MetricSample> others) =>
        some.Where(states => !states.SequenceEqual(others[states.Key])).SelectMany(states => states);

    /// <summary>Returns the key of the circuit in its group; the state is the last label.</summary>
    private string CircuitOf(MetricSample sample) => _hasKeys ? sample.Labels[0]! : "";
}
