namespace Fluxgate;

/// <summary>Two texts compared line by line, each indented line taken together with the line that it belongs to.</summary>
internal static class LineDifference
{
    /// <returns>The lines that vanished as <c>- …</c> and those that appeared as <c>+ …</c>, in their order; empty when the texts are equal.</returns>
    public static IReadOnlyList<string> Between(string before, string after)
    {
        var (vanished, appeared) = (Without(Lines(before), Lines(after)), Without(Lines(after), Lines(before)));
        string[] changed = [.. vanished.Select(line => "- " + line), .. appeared.Select(line => "+ " + line)];
        return changed.Length > 0 || before == after
            ? [.. changed.OrderBy(line => line[2..], StringComparer.Ordinal)]
            : ["  the same lines, in another order or with other blanks"];
    }

    private static List<string> Without(List<string> lines, List<string> others)
    {
        others.ForEach(other => lines.Remove(other));
        return lines;
    }

    private static List<string> Lines(string text)
    {
        var heading = "";
        var lines = new List<string>();
        foreach (var line in text.Split('\n').Where(line => line.Trim().Length > 0))
        {
            var indented = char.IsWhiteSpace(line[0]);
            lines.Add(indented ? $"{heading} . {line.Trim()}" : line);
            heading = indented ? heading : line.Split(" : ")[0];
        }

        return lines;
    }
}
