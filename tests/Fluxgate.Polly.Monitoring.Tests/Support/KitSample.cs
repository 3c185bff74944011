namespace Fluxgate;

/// <summary>One number of an answer of Prometheus, with its labels.</summary>
internal sealed record KitSample(IReadOnlyDictionary<string, string> Labels, double Value)
{
    public string Circuit => this["circuit_name"];

    public string this[string label] => Labels.GetValueOrDefault(label, "");
}
