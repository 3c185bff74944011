namespace Fluxgate;

/// <summary>
/// The C# in a document and the code that is compiled and run for it. A region of a test file named
/// <c>#region docs/migrating.md: Heading</c> contains the code block below that heading, one region a block, in order. Where a block is
/// composed of several places of a file, a region with <c>(continued)</c> after the heading is appended to the block before it.
/// </summary>
/// <remarks>
/// The leading <c>using</c> lines of a block need not be in the region: the file of the region must contain them, or be in that namespace.
/// </remarks>
internal static class DocumentedCode
{
    private const string Continued = " (continued)";

    /// <summary>A piece of code with the heading above it.</summary>
    /// <param name="Heading">The heading, without its signs.</param>
    /// <param name="Lines">The code, moved to the left.</param>
    /// <param name="Usings">The namespaces that a region can use without qualification; empty for a block.</param>
    internal sealed record Piece(string Heading, IReadOnlyList<string> Lines, IReadOnlyList<string> Usings)
    {
        public override string ToString() => $"{Heading}: {(Lines is [var first, ..] ? first : "empty")}";
    }

    /// <summary>Returns the C# blocks of a document.</summary>
    public static IReadOnlyList<Piece> BlocksOf(string markdown)
    {
        var (heading, blocks) = ("", new List<Piece>());
        List<string>? block = null;
        var isFenced = false;
        foreach (var line in markdown.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                if (block is not null)
                {
                    blocks.Add(new(heading, block, []));
                }

                isFenced = !isFenced;
                block = isFenced && line is "```csharp" or "```cs" or "```c#" ? [] : null;
            }
            else if (isFenced)
            {
                block?.Add(line);
            }
            else if (line.StartsWith('#'))
            {
                heading = line.TrimStart('#').Trim();
            }
        }

        return blocks;
    }

    /// <summary>Returns the regions of a source file that are named after a document.</summary>
    public static IReadOnlyList<Piece> RegionsOf(string source, string document)
    {
        var lines = source.Split('\n').Select(line => line.TrimEnd()).ToArray();
        string[] usings =
        [
            .. lines.Where(IsUsing),
            .. lines.Where(line => line.StartsWith("namespace ", StringComparison.Ordinal)).Select(line => "using " + line[10..]),
        ];
        var (start, regions) = ($"#region {document}: ", new List<Piece>());
        for (var at = 0; at < lines.Length; at++)
        {
            if (!lines[at].TrimStart().StartsWith(start, StringComparison.Ordinal))
            {
                continue;
            }

            var heading = lines[at].TrimStart()[start.Length..];
            var code = Dedented([.. lines.Skip(at + 1).TakeWhile(line => line.TrimStart() != "#endregion").Where(IsCode)]);
            if (heading.EndsWith(Continued, StringComparison.Ordinal))
            {
                regions[^1] = regions[^1] with { Lines = [.. regions[^1].Lines, "", .. code] };
            }
            else
            {
                regions.Add(new(heading, code, usings));
            }
        }

        return regions;
    }

    /// <summary>Returns the lines in which a block differs from its region; empty if they are equal.</summary>
    public static IReadOnlyList<string> Difference(Piece block, Piece region)
    {
        var usings = block.Lines.TakeWhile(line => IsUsing(line) || line.Length == 0).Where(IsUsing).ToArray();
        var code = block.Lines.SkipWhile(line => IsUsing(line) || line.Length == 0);
        return
        [
            .. usings.Except(region.Usings).Select(missing => $"  the file of the region lacks: {missing}"),
            .. LineDifference.Between(string.Join('\n', region.Lines), string.Join('\n', code)),
        ];
    }

    private static bool IsUsing(string line) =>
        line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.Contains('=') && !line.Contains('(');

    private static bool IsCode(string line) =>
        !line.TrimStart().StartsWith("// csharpier-ignore", StringComparison.Ordinal)
        && !line.TrimStart().StartsWith("#pragma", StringComparison.Ordinal);

    private static string[] Dedented(string[] lines)
    {
        var indent = lines.Where(line => line.Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty().Min();
        return
        [
            .. lines
                .Select(line => line.Length > indent ? line[indent..] : "")
                .SkipWhile(line => line.Length == 0)
                .Reverse()
                .SkipWhile(line => line.Length == 0)
                .Reverse(),
        ];
    }
}
