using Prometheus;

namespace Fluxgate;

/// <summary>
/// The states of a circuit, of which one is 1. A series is replaced and never set again, so that a collection that is being written keeps the
/// state that it started with (trap M2).
/// </summary>
internal sealed class StateSeries(Gauge gauge, MetricFamily family, string? circuit) : FamilySeries(family, circuit)
{
    private MetricSample[] _shown = [];

    public override void Set(ReadOnlySpan<MetricSample> samples)
    {
        if (samples.SequenceEqual(_shown))
        {
            return;
        }

        // The zeros first: an overlapping collection contains only the old state, or no series of the circuit.
        foreach (var state in _shown.OrderBy(state => state.Value))
        {
            gauge.RemoveLabelled(LabelsOf(state.Labels));
        }

        _shown = samples.ToArray();
        foreach (var state in _shown.OrderByDescending(state => state.Value))
        {
            gauge.WithLabels(LabelsOf(state.Labels)).Set(state.Value);
        }
    }
}
