namespace Fluxgate;

/// <summary>The samples of one family, for one circuit or for the process. Samples with the same labels are summed, so there are no duplicates.</summary>
/// <remarks>Not thread-safe. Exporters reuse an instance.</remarks>
public sealed class MetricSamples
{
    /// <summary>The number of samples at which a dictionary becomes faster than a linear search.</summary>
    private const int Many = 48;

    private MetricSample[] _samples = [];
    private int _count;

    /// <summary>The number of samples of the previous reading. They are distinct, and most circuits have the same labels in the same order.</summary>
    private int _previous;

    /// <summary>Whether all samples have the labels that the previous reading has at their index, so that they need no search.</summary>
    private bool _repeats;
    private Dictionary<MetricLabels, int>? _index;
    private MetricFamily? _family;

    /// <summary>Gets the samples, in the order in which they were added. Valid until samples are read or added again.</summary>
    public ReadOnlySpan<MetricSample> All => _samples.AsSpan(0, _count);

    /// <summary>Gets the buckets of the histogram of call durations in the catalog.</summary>
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
        _previous = _count;
        _repeats = true;
        _count = 0;
        _index = null;
    }

    /// <summary>Removes all samples after the first <paramref name="count"/>. No samples can be added afterwards.</summary>
    internal void Cut(int count) => _count = count;

    internal void Add(MetricSamples others)
    {
        foreach (ref readonly var sample in others.All)
        {
            Add(sample);
        }
    }

    private void Add(in MetricSample sample)
    {
        _repeats = _repeats && _count < _previous && _samples[_count].Labels == sample.Labels;
        if (!_repeats && IndexOf(sample.Labels) is { } index)
        {
            var before = _samples[index];
            _samples[index] = before with
            {
                Value = before.Value + sample.Value,
                Durations = before.Durations is { } one && sample.Durations is { } two ? one.Plus(two) : null,
            };
            return;
        }

        if (_count == _samples.Length)
        {
            Array.Resize(ref _samples, Math.Max(4, 2 * _count));
        }

        _index?.Add(sample.Labels, _count);
        ref var slot = ref _samples[_count++];
        if (!_repeats || !slot.Value.Equals(sample.Value) || slot.Durations != sample.Durations)
        {
            slot = sample;
        }
    }

    private int? IndexOf(in MetricLabels labels)
    {
        if (_count >= Many)
        {
            _index ??= BuildIndex();
            return _index.TryGetValue(labels, out var found) ? found : null;
        }

        for (var i = 0; i < _count; i++)
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
        for (var i = 0; i < _count; i++)
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
