namespace Fluxgate;

/// <summary>A fenced block of the README: its language and lines.</summary>
internal sealed record WalkBlock(string Language, IReadOnlyList<string> Lines)
{
    public static IReadOnlyList<WalkBlock> In(string markdown)
    {
        List<WalkBlock> blocks = [];
        string? language = null;
        List<string> lines = [];
        foreach (var line in markdown.Split('\n'))
        {
            if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                lines.Add(line);
            }
            else if (language is null)
            {
                (language, lines) = (line[3..], []);
            }
            else
            {
                blocks.Add(new(language, lines));
                (language, lines) = (null, []);
            }
        }

        return blocks;
    }

    /// <summary>Returns the commands of a console block, each with its expected output.</summary>
    public IEnumerable<(string Command, IReadOnlyList<string> Printed)> Commands()
    {
        for (var i = 0; i < Lines.Count; )
        {
            Assert.StartsWith("$ ", Lines[i], StringComparison.Ordinal);
            var command = Lines[i][2..];
            List<string> printed = [.. Lines.Skip(++i).TakeWhile(line => !line.StartsWith("$ ", StringComparison.Ordinal))];
            i += printed.Count;
            yield return (command, printed);
        }
    }
}
