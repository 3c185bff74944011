namespace Fluxgate;

/// <summary>The series of all families for one circuit, or for the process. The lock of the metrics guards it.</summary>
internal sealed class CircuitCollector(string? circuit, int families)
{
    private FamilySeries?[] _families = new FamilySeries?[families];
    private bool _isRemoved;

    /// <summary>Gets or sets the number of the newest collection that has read the circuit.</summary>
    public long Collection { get; set; }

    /// <summary>Sets the series of one family. An older collection never replaces a newer one or restores what it removed.</summary>
    /// <param name="index">The index of the family. Families are only added, at the end.</param>
    /// <param name="create">Creates the series of the family in the registry.</param>
    /// <param name="collection">The number of the collection that read the samples.</param>
    /// <param name="samples">The samples.</param>
    public void Set(int index, Func<string?, FamilySeries> create, long collection, MetricSamples samples)
    {
        if (_isRemoved)
        {
            return;
        }

        if (_families.Length <= index)
        {
            Array.Resize(ref _families, index + 1);
        }

        var series = _families[index] ??= create(circuit);
        if (collection > series.Collection)
        {
            series.Collection = collection;
            series.Set(samples.All);
        }
    }

    public void Remove()
    {
        _isRemoved = true;
        foreach (var family in _families)
        {
            family?.Set([]);
        }
    }
}
