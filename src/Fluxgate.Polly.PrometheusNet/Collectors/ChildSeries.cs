using Prometheus;

namespace Fluxgate;

/// <summary>Series that keep their children, so that only changed values are set and no child is looked up by its labels.</summary>
internal abstract class ChildSeries<TChild>(MetricFamily family, string? circuit) : FamilySeries(family, circuit)
    where TChild : ChildBase
{
    private Shown[] _all = [];

    public sealed override void Set(ReadOnlySpan<MetricSample> samples)
    {
        if (!HaveLabelsOf(samples))
        {
            Relabel(samples);
        }

        for (var i = 0; i < samples.Length; i++)
        {
            ref var shown = ref _all[i];
            if (shown.Child is null || !AreEqual(shown.Sample, samples[i]))
            {
                shown.Child = Set(shown.Child, shown.Sample, samples[i]);
                shown.Sample = samples[i];
            }
        }
    }

    /// <summary>Sets a series.</summary>
    /// <param name="child">The child; <see langword="null"/> if the series is new.</param>
    /// <param name="before">The sample that the child shows.</param>
    /// <param name="now">The sample that was read.</param>
    /// <returns>The child that shows the sample, or <see langword="null"/> if the registry cannot show it.</returns>
    protected abstract TChild? Set(TChild? child, in MetricSample before, in MetricSample now);

    /// <summary>Returns whether two samples with the same labels have the same value.</summary>
    private static bool AreEqual(in MetricSample one, in MetricSample other) =>
        one.Value.Equals(other.Value) && (one.Durations is not { } durations || AreEqual(durations, other.Durations!));

    private static bool AreEqual(DurationHistogram one, DurationHistogram other) =>
        one.Sum == other.Sum && one.Buckets.Equals(other.Buckets) && one.Counts.SequenceEqual(other.Counts);

    private bool HaveLabelsOf(ReadOnlySpan<MetricSample> samples)
    {
        if (samples.Length != _all.Length)
        {
            return false;
        }

        for (var i = 0; i < samples.Length; i++)
        {
            if (_all[i].Sample.Labels != samples[i].Labels)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Removes the series that were not read and adds new ones without a child.</summary>
    private void Relabel(ReadOnlySpan<MetricSample> samples)
    {
        var before = _all.ToDictionary(shown => shown.Sample.Labels);
        _all = new Shown[samples.Length];
        for (var i = 0; i < _all.Length; i++)
        {
            _all[i] = before.Remove(samples[i].Labels, out var known) ? known : new() { Sample = samples[i] };
        }

        foreach (var removed in before.Values)
        {
            removed.Child?.Remove();
        }
    }

    private struct Shown
    {
        public MetricSample Sample;
        public TChild? Child;
    }
}
