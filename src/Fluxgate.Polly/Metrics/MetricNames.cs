using System.Buffers;

namespace Fluxgate;

/// <summary>Validates names against the rules and conventions of Prometheus, so that errors appear at creation and not at the first scrape.</summary>
/// <remarks>Sources: the data model and the metric naming pages of Prometheus' documentation, and the OpenMetrics 1.0 text format (reserved suffixes).</remarks>
internal static class MetricNames
{
    public const string CircuitName = "circuit_name";
    public const string Total = "_total";
    public const string Seconds = "_seconds";

    private static readonly string[] Units = ["seconds", "bytes", "ratio", "celsius", "meters", "volts", "amperes", "joules", "grams"];
    private static readonly string[] Reserved = [Total, "_bucket", "_count", "_sum", "_created", "_info"];
    private static readonly SearchValues<char> Characters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
    );

    public static string OfFamily(string name, MetricType type)
    {
        if (!IsName(Require.NotNull(name)))
        {
            throw new ArgumentException(
                $"The name of a metric must consist of letters, digits and underscores and must not start with a digit, but is '{name}'.",
                nameof(name)
            );
        }

        var required = type switch
        {
            MetricType.Counter => Total,
            MetricType.Histogram => Seconds,
            _ => null,
        };
        if (required is not null && (!name.EndsWith(required, StringComparison.Ordinal) || name.Length == required.Length))
        {
            throw new ArgumentException(
                $"The name of a {(type == MetricType.Counter ? "counter" : "histogram of durations")} must end with {required}, but is '{name}'.",
                nameof(name)
            );
        }

        if (type == MetricType.Gauge && Array.Find(Reserved, suffix => name.EndsWith(suffix, StringComparison.Ordinal)) is { } reserved)
        {
            throw new ArgumentException($"The name of a gauge must not end with {reserved}, but is '{name}'.", nameof(name));
        }

        return name;
    }

    public static IReadOnlyList<string> OfLabels(IReadOnlyList<string> labels, string family, bool isPerCircuit)
    {
        if (labels.Count > MetricLabels.Most)
        {
            throw new ArgumentException(
                $"{family} must have at most {RuleText.Number(MetricLabels.Most)} labels of its own, but has {RuleText.Number(labels.Count)}.",
                nameof(labels)
            );
        }

        string[] own = [.. labels.Select(label => OfLabel(label, nameof(labels)))];
        if (
            own.Distinct(StringComparer.Ordinal).Count() < own.Length
            || (isPerCircuit && own.Contains(CircuitName, StringComparer.Ordinal))
        )
        {
            throw new ArgumentException($"{family} has a label twice: {string.Join(", ", own)}.", nameof(labels));
        }

        return Array.AsReadOnly(own);
    }

    /// <summary>Validates the name of a label. Prometheus reserves <c>le</c>, <c>quantile</c>, and names that start with two underscores.</summary>
    public static string OfLabel(string label, string argument) =>
        IsName(Require.NotNull(label, argument)) && !label.StartsWith("__", StringComparison.Ordinal) && label is not ("le" or "quantile")
            ? label
            : throw new ArgumentException(
                $"The name of a label must consist of letters, digits and underscores, must not start with a digit or two underscores, and must not be le or quantile, but is '{label}'.",
                argument
            );

    public static string? UnitOf(string name)
    {
        var bare = name.EndsWith(Total, StringComparison.Ordinal) ? name[..^Total.Length] : name;
        return Array.Find(Units, unit => bare.EndsWith($"_{unit}", StringComparison.Ordinal));
    }

    /// <summary>Returns the name without the counter's suffix and the unit, which exporters append again.</summary>
    public static string OfInstrument(string name)
    {
        const string Ours = "circuit_breaker_";
        var bare = Without(Without(Without(name, Total), Seconds), "_bytes");
        return bare.StartsWith(Ours, StringComparison.Ordinal) ? $"{Ours[..^1]}.{bare[Ours.Length..]}" : bare;
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(Characters);

    private static string Without(string name, string suffix) =>
        name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : name;
}
