namespace Fluxgate;

/// <summary>The rules of samples/monitoring in their original text.</summary>
internal static class KitRules
{
    public static IReadOnlyList<(string Name, string Expression)> Recorded { get; } = Read("recording.rules.yml", "- record: ");

    public static IReadOnlyList<(string Name, string Expression)> Alerts { get; } = Read("alerts.rules.yml", "- alert: ");

    private static (string Name, string Expression)[] Read(string file, string beginning) =>
        [.. KitFolder.Sample(file).Split(beginning)[1..].Select(rule => (rule.Split('\n')[0], Expression(rule.Split("expr: ")[1])))];

    /// <summary>Returns the text after <c>expr:</c>, in its line or as a block below it.</summary>
    private static string Expression(string text)
    {
        var lines = text.Split('\n');
        if (lines[0] != "|")
        {
            return lines[0];
        }

        var indent = lines[1].Length - lines[1].TrimStart().Length;
        return string.Join(
            '\n',
            lines[1..].TakeWhile(line => line.Length > indent && line[..indent].Trim().Length == 0).Select(line => line.Trim())
        );
    }
}
