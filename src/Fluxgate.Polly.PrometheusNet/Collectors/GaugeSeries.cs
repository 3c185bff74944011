using Prometheus;

namespace Fluxgate;

/// <summary>The series of a gauge.</summary>
internal sealed class GaugeSeries(Gauge gauge, MetricFamily family, string? circuit) : ChildSeries<Gauge.Child>(family, circuit)
{
    protected override Gauge.Child Set(Gauge.Child? child, in MetricSample before, in MetricSample now)
    {
        child ??= gauge.WithLabels(LabelsOf(now.Labels));
        child.Set(now.Value);
        return child;
    }
}
