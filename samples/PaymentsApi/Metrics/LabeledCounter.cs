using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Fluxgate;

namespace PaymentsApi;

/// <summary>A counter with labels. Use labels with few values: routes instead of paths, outcomes instead of messages. Thread-safe.</summary>
internal sealed class LabeledCounter(string name, string help, params string[] labels)
{
    private readonly ConcurrentDictionary<MetricLabels, StrongBox<long>> _counts = [];

    public MetricFamily Family => MetricFamily.Counter(name, help, labels, Read);

    /// <summary>Adds to a series. Adding zero creates the series, so that its first increase is visible.</summary>
    public void Add(MetricLabels values, long number = 1) => Interlocked.Add(ref _counts.GetOrAdd(values, _ => new()).Value, number);

    private void Read(MetricSamples samples)
    {
        foreach (var (values, count) in _counts.OrderBy(series => series.Key.ToString(), StringComparer.Ordinal))
        {
            samples.Add(Volatile.Read(ref count.Value), [.. Enumerable.Range(0, labels.Length).Select(label => values[label]!)]);
        }
    }
}
