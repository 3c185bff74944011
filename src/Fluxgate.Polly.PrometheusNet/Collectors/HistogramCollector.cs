using Prometheus;

namespace Fluxgate;

/// <summary>Histograms that were counted elsewhere.</summary>
/// <remarks>
/// prometheus-net only observes. So what came since the last collection is observed bucket by bucket, with values inside each bucket that
/// together give the sum: the counts are exact, and the sum is but for rounding.
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
        foreach (var gone in _shown.Keys.Where(labels => !read.Contains(labels)).ToList())
        {
            Remove(gone);
        }

        foreach (var one in series)
        {
            Set(one.Labels, one.Sample.Durations!);
        }
    }

    private void Set(string[] labels, DurationHistogram durations)
    {
        // A family of one's own tells its buckets with its first histogram.
        _buckets ??= durations.Buckets;
        _histogram ??= Create(factory, family, labelNames, _buckets);
        if (!durations.Buckets.Equals(_buckets))
        {
            return;
        }

        if (_shown.TryGetValue(labels, out var before) && before.Zip(durations.Counts).Any(pair => pair.First > pair.Second))
        {
            // Less than before: the name's breakers were gone, and another one began anew between two collections.
            Remove(labels);
            before = null;
        }

        before ??= new long[durations.Counts.Count];
        var child = _histogram.WithLabels(labels);
        long[] came = [.. durations.Counts.Zip(before, (now, then) => now - then)];
        var values = Spread.Of(came, durations.Buckets.Seconds, durations.Sum.TotalSeconds - child.Sum);
        for (var bucket = 0; bucket < came.Length; bucket++)
        {
            if (came[bucket] > 0)
            {
                child.Observe(values[bucket], came[bucket]);
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
