using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fluxgate;

/// <summary>The Grafana dashboard of samples/monitoring.</summary>
internal static partial class KitDashboard
{
    public const int RateIntervalInMinutes = 1;

    public static JsonElement Root { get; } = JsonDocument.Parse(Repository.Read("samples/monitoring/dashboard.json")).RootElement;

    public static IReadOnlyList<JsonElement> Panels { get; } = [.. Root.GetProperty("panels").EnumerateArray()];

    public static IReadOnlyList<JsonElement> Variables { get; } = [.. Root.GetProperty("templating").GetProperty("list").EnumerateArray()];

    /// <summary>The expressions of panels and annotations, each with its title for messages.</summary>
    public static IReadOnlyList<(string Where, string Expression)> Expressions { get; } =
    [
        .. Panels.SelectMany(panel => ExpressionsOf(panel).Select(expression => (Text(panel, "title"), expression))),
        .. Root.GetProperty("annotations")
            .GetProperty("list")
            .EnumerateArray()
            .Where(annotation => annotation.TryGetProperty("target", out _))
            .SelectMany(annotation =>
                new[]
                {
                    (Text(annotation, "name"), Text(annotation, "expr")),
                    (Text(annotation, "name"), Text(annotation.GetProperty("target"), "expr")),
                }
            ),
    ];

    public static IEnumerable<string> ExpressionsOf(JsonElement panel) =>
        panel.GetProperty("targets").EnumerateArray().Select(target => Text(target, "expr"));

    public static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    /// <summary>Returns an expression as Grafana sends it for selected values of the variables; by default for all of them.</summary>
    public static string Chosen(string expression, string? job = null, string? circuit = null) =>
        expression
            .Replace("$job", job ?? All("job"), StringComparison.Ordinal)
            .Replace("$instance", All("instance"), StringComparison.Ordinal)
            .Replace("$circuit", circuit ?? All("circuit"), StringComparison.Ordinal)
            .Replace("$__rate_interval", $"{RateIntervalInMinutes}m", StringComparison.Ordinal);

    /// <summary>Returns the label that a variable lists, and the series that it reads.</summary>
    public static (string Series, string Label) LabelValues(JsonElement variable)
    {
        var parts = LabelValuesOf().Match(Text(variable.GetProperty("query"), "query"));
        Assert.True(parts.Success);
        return (parts.Groups["series"].Value, parts.Groups["label"].Value);
    }

    /// <summary>Returns the matchers of each selector of a family in an expression; empty for a selector without matchers.</summary>
    public static IEnumerable<(string Family, string Matchers)> Selectors(string expression) =>
        SelectorsOf().Matches(expression).Select(found => (found.Groups["family"].Value, found.Groups["matchers"].Value));

    private static string All(string variable) => Text(Variables.Single(candidate => Text(candidate, "name") == variable), "allValue");

    [GeneratedRegex(@"^label_values\((?<series>.+), (?<label>\w+)\)$", RegexOptions.None, 1000)]
    private static partial Regex LabelValuesOf();

    [GeneratedRegex(@"\b(?<family>circuit_breaker_\w+)(?:\{(?<matchers>(?:[^{}""]|""[^""]*"")*)\})?", RegexOptions.None, 1000)]
    private static partial Regex SelectorsOf();
}
