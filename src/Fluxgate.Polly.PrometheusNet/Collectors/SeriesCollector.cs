using Prometheus;

namespace Fluxgate;

/// <summary>Sets the series of a family one by one.</summary>
internal abstract class SeriesCollector<TChild>(Collector<TChild> collector) : FamilyCollector
    where TChild : ChildBase
{
    private readonly HashSet<string[]> _shown = new(LabelsComparer.Instance);

    public sealed override void Set(IReadOnlyList<SeriesValue> series)
    {
        var read = new HashSet<string[]>(series.Select(one => one.Labels), LabelsComparer.Instance);
        foreach (var removed in _shown.Where(labels => !read.Contains(labels)).ToList())
        {
            Remove(removed);
        }

        foreach (var one in series)
        {
            _shown.Add(one.Labels);
            Set(one);
        }
    }

    protected abstract void Set(in SeriesValue series);

    protected TChild Child(string[] labels) => collector.WithLabels(labels);

    protected virtual void Remove(string[] labels)
    {
        collector.RemoveLabelled(labels);
        _shown.Remove(labels);
    }
}
