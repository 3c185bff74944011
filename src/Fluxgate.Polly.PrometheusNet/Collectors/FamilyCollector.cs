using Prometheus;

namespace Fluxgate;

/// <summary>A family in a registry.</summary>
internal static class FamilyCollector
{
    /// <summary>Adds a family to a registry.</summary>
    /// <returns>A function that creates the series of a circuit, or those of the process, which have no circuit.</returns>
    public static Func<string?, FamilySeries> Of(MetricFamily family, IMetricFactory factory, string[] labels, BreakerMetrics metrics)
    {
        // Suppressed until it is set, so that no series has a value that was not read.
        switch (family.Type)
        {
            case MetricType.Counter:
                var counter = factory.CreateCounter(family.Name, family.Help, labels, new() { SuppressInitialValue = true });
                return circuit => new CounterSeries(counter, family, circuit);
            case MetricType.Histogram:
                var histogram = new SharedHistogram(factory, family, labels, family.IsPerCircuit ? metrics.DurationBuckets : null);
                return circuit => new HistogramSeries(histogram, family, circuit);
            default:
                var gauge = factory.CreateGauge(family.Name, family.Help, labels, new() { SuppressInitialValue = true });
                return family.Name is "circuit_breaker_state" or "circuit_breaker_group_shared_state" or "circuit_breaker_key_state"
                    ? circuit => new StateSeries(gauge, family, circuit)
                    : circuit => new GaugeSeries(gauge, family, circuit);
        }
    }
}
