using System.Globalization;
using System.Text;

namespace Fluxgate;

/// <summary>An element of an <c>Accept</c> or <c>Accept-Encoding</c> header (RFC 9110, 12.4 and 12.5) with its parameters and weight.</summary>
internal readonly record struct Preference(string Value, IReadOnlyDictionary<string, string> Parameters, double Weight)
{
    private static readonly char[] Blanks = [' ', '\t'];

    /// <summary>Returns the elements of a header in their order. Invalid elements are skipped.</summary>
    public static IEnumerable<Preference> Read(string? header) =>
        Split(header ?? "", ',').Select(Parse).OfType<Preference>().Where(element => element.Value.Length > 0);

    private static Preference? Parse(string element)
    {
        var parts = Split(element, ';');
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in parts.Skip(1))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                parameters[part[..equals].Trim(Blanks)] = Unquoted(part[(equals + 1)..].Trim(Blanks));
            }
        }

        return WeightOf(parameters) is { } weight ? new(parts[0].Trim(Blanks), parameters, weight) : null;
    }

    private static double? WeightOf(Dictionary<string, string> parameters)
    {
        if (!parameters.TryGetValue("q", out var text))
        {
            return 1;
        }

        return
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) && weight is >= 0 and <= 1
            ? weight
            : null;
    }

    /// <summary>Splits text at a separator outside quotes.</summary>
    private static List<string> Split(string text, char separator)
    {
        var (parts, start, quoted) = (new List<string>(), 0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                quoted = !quoted;
            }
            else if (quoted && text[i] == '\\')
            {
                i++;
            }
            else if (!quoted && text[i] == separator)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }

    private static string Unquoted(string value)
    {
        if (value.Length < 2 || value[0] != '"' || value[^1] != '"')
        {
            return value;
        }

        var text = new StringBuilder(value.Length);
        for (var i = 1; i < value.Length - 1; i++)
        {
            text.Append(value[i] == '\\' && i < value.Length - 2 ? value[++i] : value[i]);
        }

        return text.ToString();
    }
}
