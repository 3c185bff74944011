using Prometheus;

namespace Fluxgate;

/// <summary>Sets the series of a gauge.</summary>
internal sealed class GaugeCollector(Gauge gauge) : SeriesCollector<Gauge.Child>(gauge)
{
    protected override void Set(in SeriesValue series) => Child(series.Labels).Set(series.Sample.Value);
}
