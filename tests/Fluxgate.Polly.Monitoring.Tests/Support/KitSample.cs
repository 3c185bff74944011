using System.Globalization;

namespace Fluxgate;

/// <summary>One number of a result of Prometheus, with its labels.</summary>
internal sealed record KitSample(IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>Its labels as one text, without the name of the family: unique in one result.</summary>
    public string Key { get; } =
        string.Join(
            ", ",
            Labels
                .Where(label => label.Key != "__name__")
                .OrderBy(label => label.Key, StringComparer.Ordinal)
                .Select(label => $"{label.Key}=\"{label.Value}\"")
        );

    public string Circuit => this["circuit_name"];

    /// <summary>The upper bound of a bucket.</summary>
    public double Bound =>
        this["le"] == "+Inf" ? double.PositiveInfinity : double.Parse(this["le"], NumberStyles.Float, CultureInfo.InvariantCulture);

    public string this[string label] => Labels.GetValueOrDefault(label, "");

    /// <summary>Returns the sample with only these labels.</summary>
    public KitSample Only(params string[] labels) => Keeping(labels.Contains);

    /// <summary>Returns the sample without these labels.</summary>
    public KitSample Except(params string[] labels) => Keeping(label => !labels.Contains(label));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{{{Key}}} {Value:R}");

    private KitSample Keeping(Func<string, bool> keeps) =>
        new(Labels.Where(label => keeps(label.Key)).ToDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal), Value);
}
