namespace Fluxgate;

/// <summary>The documents of the repository.</summary>
internal static class Pages
{
    /// <summary>The README and the pages of <c>docs</c>.</summary>
    public static IReadOnlyList<string> All { get; } = ["README.md", .. In("docs", "*.md")];

    /// <summary>The pages beside the samples.</summary>
    public static IReadOnlyList<string> OfSamples { get; } =
    [.. Directory.GetDirectories(Repository.Find("samples")).SelectMany(folder => In($"samples/{Path.GetFileName(folder)}", "*.md"))];

    /// <summary>The anchor that GitHub creates for a heading that occurs once.</summary>
    public static string AnchorOf(string heading) =>
        string.Concat(heading.ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_'))
            .Replace(' ', '-');

    /// <summary>The anchors of the headings of a document.</summary>
    public static IReadOnlySet<string> AnchorsOf(string markdown)
    {
        var (anchors, isFenced) = (new HashSet<string>(StringComparer.Ordinal), false);
        foreach (var line in markdown.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isFenced = !isFenced;
            }
            else if (!isFenced && line.StartsWith('#'))
            {
                anchors.Add(AnchorOf(line.TrimStart('#').Trim()));
            }
        }

        return anchors;
    }

    private static IEnumerable<string> In(string folder, string pattern) =>
        Directory
            .GetFiles(Repository.Find(folder), pattern)
            .Select(file => $"{folder}/{Path.GetFileName(file)}")
            .Order(StringComparer.Ordinal);
}
