using Prometheus;

namespace Fluxgate;

/// <summary>The series of some breakers as an application would have them in prometheus-net without us: children that are set, and only written.</summary>
internal static class Registered
{
    public static CollectorRegistry From(BreakerMetrics breakers)
    {
        var registry = Metrics.NewCustomRegistry();
        var factory = Metrics.WithCustomRegistry(registry);
        var reading = breakers.Read();
        var samples = new MetricSamples();
        foreach (var family in reading.Families)
        {
            var set = SetterOf(factory, family, breakers.DurationBuckets);
            for (var circuit = 0; circuit < reading.CircuitsOf(family); circuit++)
            {
                reading.Read(family, circuit, samples);
                foreach (var sample in samples.All)
                {
                    set([reading.Circuits[circuit], .. family.Labels.Select((_, index) => sample.Labels[index]!)], sample);
                }
            }
        }

        return registry;
    }

    private static Action<string[], MetricSample> SetterOf(MetricFactory factory, MetricFamily family, DurationBuckets? buckets)
    {
        string[] labels = ["circuit_name", .. family.Labels];
        switch (family.Type)
        {
            case MetricType.Counter:
                var counter = factory.CreateCounter(family.Name, family.Help, labels);
                return (values, sample) => counter.WithLabels(values).IncTo(sample.Value);
            case MetricType.Histogram:
                var bounds = buckets!.Seconds;
                var histogram = factory.CreateHistogram(family.Name, family.Help, labels, new() { Buckets = [.. bounds] });
                return (values, sample) => Observe(histogram.WithLabels(values), bounds, sample.Durations!);
            default:
                var gauge = factory.CreateGauge(family.Name, family.Help, labels);
                return (values, sample) => gauge.WithLabels(values).Set(sample.Value);
        }
    }

    private static void Observe(Histogram.Child child, IReadOnlyList<double> bounds, DurationHistogram durations)
    {
        for (var bucket = 0; bucket < durations.Counts.Count; bucket++)
        {
            child.Observe(bucket < bounds.Count ? bounds[bucket] : bounds[^1] + 1, durations.Counts[bucket]);
        }
    }
}
