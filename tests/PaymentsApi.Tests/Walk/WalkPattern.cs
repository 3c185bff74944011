using System.Text.RegularExpressions;

namespace Fluxgate;

/// <summary>Matches output with the README: <c>…</c> is any text in a line, or any number of lines if alone; any time matches a time.</summary>
internal static partial class WalkPattern
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    public static bool IsMet(IReadOnlyList<string> expected, string actual) =>
        Regex.IsMatch(
            actual.ReplaceLineEndings("\n"),
            $"\\A{string.Concat(expected.Select(line => line == "…" ? @"(?:[^\n]*\n)*" : $"{Line(line)}\\n"))}\\z",
            RegexOptions.None,
            Deadline
        );

    public static bool IsMet(string expected, string actual) =>
        Regex.IsMatch(actual, $"\\A{Line(expected)}\\z", RegexOptions.None, Deadline);

    private static string Line(string line)
    {
        var pattern = Regex.Escape(line).Replace("…", @"[^\n]*", StringComparison.Ordinal);
        pattern = Instant().Replace(pattern, _ => @"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00");
        return TimeOfDay().Replace(pattern, _ => @"\d\d:\d\d:\d\d");
    }

    // In the form that Regex.Escape returns.
    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\\\.\d+\\\+00:00", RegexOptions.None, 10_000)]
    private static partial Regex Instant();

    [GeneratedRegex(@"\A\d\d:\d\d:\d\d(?=\\ )", RegexOptions.None, 10_000)]
    private static partial Regex TimeOfDay();
}
