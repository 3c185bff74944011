using System.Globalization;
using System.Text;

namespace Fluxgate;

/// <summary>Puts foreign text into Slack's markup.</summary>
public static class SlackText
{
    private const int LongestForeign = 1_000;

    /// <summary>
    /// Text as Slack shows it and nothing else: <c>&amp;</c>, <c>&lt;</c> and <c>&gt;</c> are escaped, so that a circuit's name cannot mention a
    /// channel or hide a link; control characters become spaces; beyond 1,000 characters it is cut.
    /// </summary>
    /// <param name="text">The text, such as the name of a circuit or a reason.</param>
    /// <returns>The text for a message.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (escaped.Length >= LongestForeign)
            {
                return escaped.Append('…').ToString();
            }

            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                _ when Rune.IsControl(rune) => escaped.Append(' '),
                _ => escaped.Append(rune.ToString()),
            };
        }

        return escaped.ToString();
    }

    /// <summary>A time for people: <c>30 s</c>, <c>1.5 min</c>, <c>2 h</c>.</summary>
    internal static string Words(TimeSpan time) =>
        time switch
        {
            { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##} s"),
            { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} h"),
        };
}
