using Prometheus;

namespace Fluxgate;

/// <summary>The series of a histogram.</summary>
/// <remarks>
/// A histogram of prometheus-net has no setter. The increase since the last collection is observed bucket by bucket, with values inside each
/// bucket that add up to the sum: the counts are exact, and the sum is exact up to rounding.
/// </remarks>
internal sealed class HistogramSeries(SharedHistogram histogram, MetricFamily family, string? circuit)
    : ChildSeries<Histogram.Child>(family, circuit)
{
    protected override Histogram.Child? Set(Histogram.Child? child, in MetricSample before, in MetricSample now)
    {
        var durations = now.Durations!;
        var fits = histogram.Has(durations.Buckets);
        if (child is not null && !(fits && before.Durations!.Counts.Zip(durations.Counts).All(pair => pair.First <= pair.Second)))
        {
            // A lower count: between two collections the breakers of this name were disposed and a new one was created.
            child.Remove();
            child = null;
        }

        if (!fits)
        {
            return null;
        }

        var shown = child is null ? new long[durations.Counts.Count] : before.Durations!.Counts;
        long[] added = [.. durations.Counts.Zip(shown, (count, then) => count - then)];
        child ??= histogram.WithLabels(LabelsOf(now.Labels));
        Observe(child, added, BucketValues.Of(added, durations.Buckets.Seconds, durations.Sum.TotalSeconds - child.Sum));
        return child;
    }

    private static void Observe(Histogram.Child child, long[] added, double[] values)
    {
        for (var bucket = 0; bucket < added.Length; bucket++)
        {
            if (added[bucket] > 0)
            {
                child.Observe(values[bucket], added[bucket]);
            }
        }

        child.Publish();
    }
}
