using Prometheus;

namespace Fluxgate;

/// <summary>One family in a registry: sets its series to what was read, and removes those that were not. Guarded by the metrics' lock.</summary>
internal abstract class FamilyCollector
{
    public static FamilyCollector Of(MetricFamily family, IMetricFactory factory, string[] labels, BreakerMetrics metrics) =>
        family.Type switch
        {
            // Suppressed until it is set: a series is never seen with a value that nobody read.
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
