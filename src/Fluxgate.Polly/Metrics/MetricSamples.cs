using System.Runtime.InteropServices;

namespace Fluxgate;

/// <summary>The samples of one family, for one circuit or for the process. Samples with the same labels are summed, so there are no duplicates.</summary>
/// <remarks>Not thread-safe. Exporters reuse an instance.</remarks>
public sealed class MetricSamples
{
    /// <summary>The number of samples from which on a dictionary is faster than a linear search.</summary>
    private const int Many = 48;

    private readonly List<MetricSample> _samples = [];
    private Dictionary<MetricLabels, int>? _index;

    /// <summary>A filter of 64 bits, with one bit set for each sample. If the bit of some labels is not set, they are new and need no search.</summary>
    private ulong _known;
    private MetricFamily? _family;

    /// <summary>Gets the samples, in the order in which they were added. Valid until samples are read or added again.</summary>
    public ReadOnlySpan<MetricSample> All => CollectionsMarshal.AsSpan(_samples);

    /// <summary>Gets the buckets of the histogram of call durations in the catalogue.</summary>
    internal DurationBuckets? DurationBuckets { get; private set; }

    /// <summary>Adds a number. The number of a counter must be at least zero.</summary>
    /// <param name="value">The number.</param>
    /// <param name="labels">The values of the family's labels, all of them.</param>
    /// <exception cref="ArgumentException">There are too few or too many labels, or the number is invalid for a counter.</exception>
    /// <exception cref="InvalidOperationException">The family is a histogram.</exception>
    public void Add(double value, params ReadOnlySpan<string> labels)
    {
        if (_family is { Type: MetricType.Histogram })
        {
            throw new InvalidOperationException($"{_family.Name} is a histogram. Add a DurationHistogram, not a number.");
        }

        if (_family is { Type: MetricType.Counter } && !(value >= 0))
        {
            throw new ArgumentOutOfRangeException(
                nameof(value),
                value,
                $"The value of the counter {_family.Name} must be at least zero, but is {RuleText.Number(value)}."
            );
        }

        Add(new MetricSample(LabelsOf(labels), value, null));
    }

    /// <summary>Adds a histogram.</summary>
    /// <param name="durations">The histogram.</param>
    /// <param name="labels">The values of the family's labels, all of them.</param>
    /// <exception cref="ArgumentException">There are too few or too many labels.</exception>
    /// <exception cref="InvalidOperationException">The family is no histogram.</exception>
    public void Add(DurationHistogram durations, params ReadOnlySpan<string> labels)
    {
        Require.NotNull(durations);
        if (_family is { Type: not MetricType.Histogram })
        {
            throw new InvalidOperationException($"{_family.Name} is not a histogram. Add a number, not a DurationHistogram.");
        }

        Add(new MetricSample(LabelsOf(labels), 0, durations));
    }

    internal void Begin(MetricFamily family, DurationBuckets? buckets)
    {
        _family = family;
        DurationBuckets = buckets;
        Clear();
    }

    internal void Clear()
    {
        _samples.Clear();
        _index = null;
        _known = 0;
    }

    /// <summary>Removes all samples after the first <paramref name="count"/>. No samples can be added afterwards.</summary>
    internal void Cut(int count) => _samples.RemoveRange(count, _samples.Count - count);

    internal void Add(MetricSamples others)
    {
        foreach (var sample in others._samples)
        {
            Add(sample);
        }
    }

    private void Add(in MetricSample sample)
    {
        var bit = 1UL << (sample.Labels.Mark & 63);
        var isNew = (_known & bit) == 0;
        _known |= bit;
        if (isNew || IndexOf(sample.Labels) is not { } index)
        {
            _index?.Add(sample.Labels, _samples.Count);
            _samples.Add(sample);
            return;
        }

        var before = _samples[index];
        _samples[index] = before with
        {
            Value = before.Value + sample.Value,
            Durations = before.Durations is { } one && sample.Durations is { } two ? one.Plus(two) : null,
        };
    }

    private int? IndexOf(in MetricLabels labels)
    {
        if (_samples.Count >= Many)
        {
            _index ??= BuildIndex();
            return _index.TryGetValue(labels, out var found) ? found : null;
        }

        for (var i = 0; i < _samples.Count; i++)
        {
            if (_samples[i].Labels == labels)
            {
                return i;
            }
        }

        return null;
    }

    private Dictionary<MetricLabels, int> BuildIndex()
    {
        var index = new Dictionary<MetricLabels, int>();
        for (var i = 0; i < _samples.Count; i++)
        {
            index.Add(_samples[i].Labels, i);
        }

        return index;
    }

    private MetricLabels LabelsOf(ReadOnlySpan<string> values)
    {
        if (_family is { } family && values.Length != family.LabelCount)
        {
            throw new ArgumentException(
                $"{family.Name} has {RuleText.Number(family.Labels.Count)} labels of its own ({string.Join(", ", family.Labels)}), but {RuleText.Number(values.Length)} values were given."
            );
        }

        foreach (var value in values)
        {
            Require.NotNull(value, "label");
        }

        return new(At(values, 0), At(values, 1), At(values, 2), At(values, 3));
    }

    private static string? At(ReadOnlySpan<string> values, int index) => index < values.Length ? values[index] : null;
}
