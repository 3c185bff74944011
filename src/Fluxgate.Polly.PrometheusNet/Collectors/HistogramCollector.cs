using Prometheus;

namespace Fluxgate;

/// <summary>Sets the series of a histogram.</summary>
/// <remarks>
/// A histogram of prometheus-net has no setter. The increase since the last collection is observed bucket by bucket, with values inside each
/// bucket that add up to the sum: the counts are exact, and the sum is exact up to rounding.
/// </remarks>
internal sealed class HistogramCollector(IMetricFactory factory, MetricFamily family, string[] labelNames, BreakerMetrics metrics)
    : FamilyCollector
{
    private readonly Dictionary<string[], long[]> _shown = new(LabelsComparer.Instance);
    private Histogram? _histogram =
        family.IsPerCircuit && metrics.DurationBuckets is { } buckets ? Create(factory, family, labelNames, buckets) : null;
    private DurationBuckets? _buckets = family.IsPerCircuit ? metrics.DurationBuckets : null;

    public override void Set(IReadOnlyList<SeriesValue> series)
    {
        var read = new HashSet<string[]>(series.Select(one => one.Labels), LabelsComparer.Instance);
        foreach (var removed in _shown.Keys.Where(labels => !read.Contains(labels)).ToList())
        {
            Remove(removed);
        }

        foreach (var one in series)
        {
            Set(one.Labels, one.Sample.Durations!);
        }
    }

    private void Set(string[] labels, DurationHistogram durations)
    {
        // The buckets of a custom family are known from its first histogram.
        _buckets ??= durations.Buckets;
        _histogram ??= Create(factory, family, labelNames, _buckets);
        if (!durations.Buckets.Equals(_buckets))
        {
            return;
        }

        if (_shown.TryGetValue(labels, out var before) && before.Zip(durations.Counts).Any(pair => pair.First > pair.Second))
        {
            // A lower count: between two collections the breakers of this name were disposed and a new one was created.
            Remove(labels);
            before = null;
        }

        before ??= new long[durations.Counts.Count];
        var child = _histogram.WithLabels(labels);
        long[] added = [.. durations.Counts.Zip(before, (now, then) => now - then)];
        var values = BucketValues.Of(added, durations.Buckets.Seconds, durations.Sum.TotalSeconds - child.Sum);
        for (var bucket = 0; bucket < added.Length; bucket++)
        {
            if (added[bucket] > 0)
            {
                child.Observe(values[bucket], added[bucket]);
            }
        }

        child.Publish();
        _shown[labels] = [.. durations.Counts];
    }

    private void Remove(string[] labels)
    {
        _histogram?.RemoveLabelled(labels);
        _shown.Remove(labels);
    }

    private static Histogram Create(IMetricFactory factory, MetricFamily family, string[] labelNames, DurationBuckets buckets) =>
        factory.CreateHistogram(
            family.Name,
            family.Help,
            labelNames,
            new() { Buckets = [.. buckets.Seconds], SuppressInitialValue = true }
        );
}
