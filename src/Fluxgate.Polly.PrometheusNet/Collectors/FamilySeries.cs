namespace Fluxgate;

/// <summary>The series of one family for one circuit, or for the process. The lock of the metrics guards it.</summary>
internal abstract class FamilySeries(MetricFamily family, string? circuit)
{
    /// <summary>Gets or sets the number of the newest collection that set the series.</summary>
    public long Collection { get; set; }

    /// <summary>Sets the series to the values that were read, and removes the others.</summary>
    public abstract void Set(ReadOnlySpan<MetricSample> samples);

    /// <summary>Returns the label values of a series, beginning with the name of the circuit if it has one.</summary>
    protected string[] LabelsOf(in MetricLabels labels)
    {
        var own = circuit is null ? 0 : 1;
        var values = new string[own + family.Labels.Count];
        if (circuit is not null)
        {
            values[0] = circuit;
        }

        for (var i = own; i < values.Length; i++)
        {
            values[i] = labels[i - own]!;
        }

        return values;
    }
}
