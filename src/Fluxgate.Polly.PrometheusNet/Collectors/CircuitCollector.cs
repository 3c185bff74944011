namespace Fluxgate;

/// <summary>The series of all families for one circuit, or for the process. The lock of the metrics guards it.</summary>
internal sealed class CircuitCollector(string? circuit)
{
    private FamilySeries?[] _families = [];

    /// <summary>Gets or sets the number of the newest collection that set the series.</summary>
    public long Collection { get; set; }

    /// <summary>Sets the series of all families that have samples for circuits, or of those that have samples for the process.</summary>
    public void Set(
        MetricFamily[] families,
        MetricSamples[] samples,
        IReadOnlyDictionary<MetricFamily, Func<string?, FamilySeries>> collectors
    )
    {
        // Families are only added, at the end.
        if (_families.Length < samples.Length)
        {
            Array.Resize(ref _families, samples.Length);
        }

        for (var i = 0; i < samples.Length; i++)
        {
            if (families[i].IsPerCircuit == circuit is not null)
            {
                _families[i] ??= collectors.GetValueOrDefault(families[i])?.Invoke(circuit);
                _families[i]?.Set(samples[i].All);
            }
        }
    }

    public void Remove()
    {
        foreach (var family in _families)
        {
            family?.Set([]);
        }
    }
}
