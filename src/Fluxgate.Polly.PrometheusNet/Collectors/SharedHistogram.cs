using Prometheus;

namespace Fluxgate;

/// <summary>The histogram of a family in a registry. The buckets of a custom family are known from its first sample.</summary>
internal sealed class SharedHistogram(IMetricFactory factory, MetricFamily family, string[] labelNames, DurationBuckets? buckets)
{
    private Histogram? _histogram = buckets is null ? null : Create(factory, family, labelNames, buckets);
    private DurationBuckets? _buckets = buckets;

    /// <summary>Returns whether the histogram has these buckets. Creates it with them if it does not exist.</summary>
    public bool Has(DurationBuckets buckets)
    {
        _buckets ??= buckets;
        _histogram ??= Create(factory, family, labelNames, _buckets);
        return buckets.Equals(_buckets);
    }

    /// <summary>Returns a child of the histogram, which exists.</summary>
    public Histogram.Child WithLabels(string[] labels) => _histogram!.WithLabels(labels);

    private static Histogram Create(IMetricFactory factory, MetricFamily family, string[] labelNames, DurationBuckets buckets) =>
        factory.CreateHistogram(
            family.Name,
            family.Help,
            labelNames,
            new() { Buckets = [.. buckets.Seconds], SuppressInitialValue = true }
        );
}
