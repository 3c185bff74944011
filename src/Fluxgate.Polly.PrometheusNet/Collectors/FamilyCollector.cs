using Prometheus;

namespace Fluxgate;

/// <summary>Sets the series of a family in a registry to the values that were read, and removes the others. The lock of the metrics guards it.</summary>
internal abstract class FamilyCollector
{
    public static FamilyCollector Of(MetricFamily family, IMetricFactory factory, string[] labels, BreakerMetrics metrics) =>
        family.Type switch
        {
            // Suppressed until it is set, so that no series has a value that was not read.
            MetricType.Counter => new CounterCollector(
                factory.CreateCounter(family.Name, family.Help, labels, new() { SuppressInitialValue = true })
            ),
            MetricType.Histogram => new HistogramCollector(factory, family, labels, metrics),
            _ => Gauge(family, factory.CreateGauge(family.Name, family.Help, labels, new() { SuppressInitialValue = true })),
        };

    public abstract void Set(IReadOnlyList<SeriesValue> series);

    private static FamilyCollector Gauge(MetricFamily family, Gauge gauge) =>
        family.Name is "circuit_breaker_state" ? new StateCollector(gauge) : new GaugeCollector(gauge);
}
