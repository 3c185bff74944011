using Prometheus;

namespace Fluxgate;

internal sealed class GaugeCollector(Gauge gauge) : SeriesCollector<Gauge.Child>(gauge)
{
    protected override void Set(in SeriesValue series) => Child(series.Labels).Set(series.Sample.Value);
}
