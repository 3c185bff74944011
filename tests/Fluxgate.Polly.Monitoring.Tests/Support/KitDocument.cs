namespace Fluxgate;

/// <summary>docs/monitoring.md.</summary>
internal static class KitDocument
{
    public const string Name = "docs/monitoring.md";

    public static string Text => Repository.Read(Name);

    /// <summary>The expressions of its <c>promql</c> blocks, which are separated by an empty line, without comments.</summary>
    public static IReadOnlyList<string> Expressions =>
        [
            .. Text.Split("```promql\n")[1..]
                .Select(rest => rest.Split("\n```")[0])
                .SelectMany(block => block.Split("\n\n"))
                .Select(expression => string.Join('\n', expression.Split('\n').Where(line => !line.StartsWith('#'))).Trim())
                .Where(expression => expression.Length > 0),
        ];

    /// <summary>The rows of the table of families as columns.</summary>
    public static IReadOnlyList<string[]> Families =>
        [
            .. Text.Split('\n')
                .Where(line => line.StartsWith("| `circuit_breaker_", StringComparison.Ordinal))
                .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray()),
        ];
}
