namespace Fluxgate;

/// <summary>Compares arrays of label values element by element.</summary>
internal sealed class LabelsComparer : IEqualityComparer<string[]>
{
    public static readonly LabelsComparer Instance = new();

    public bool Equals(string[]? one, string[]? two) => one.AsSpan().SequenceEqual(two);

    public int GetHashCode(string[] labels)
    {
        var hash = new HashCode();
        foreach (var label in labels)
        {
            hash.Add(label, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }
}
