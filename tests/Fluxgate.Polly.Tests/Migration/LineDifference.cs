namespace Fluxgate;

/// <summary>Compares two texts line by line.</summary>
internal static class LineDifference
{
    /// <summary>Returns the removed lines as <c>- …</c> and the added ones as <c>+ …</c>, in their order; empty if the texts are equal.</summary>
    public static IReadOnlyList<string> Between(string before, string after)
    {
        string[] changed =
        [
            .. Without(Lines(before), Lines(after)).Select(line => "- " + line),
            .. Without(Lines(after), Lines(before)).Select(line => "+ " + line),
        ];
        return changed.Length > 0 || before == after
            ? [.. changed.OrderBy(line => line[2..], StringComparer.Ordinal)]
            : ["  the same lines, in another order or with other blank lines"];
    }

    private static List<string> Without(List<string> lines, List<string> others)
    {
        others.ForEach(other => lines.Remove(other));
        return lines;
    }

    private static List<string> Lines(string text) => [.. text.Split('\n').Where(line => line.Trim().Length > 0)];
}
