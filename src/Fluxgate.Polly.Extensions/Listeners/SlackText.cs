using System.Globalization;
using System.Text;

namespace Fluxgate;

/// <summary>Provides a method that escapes text for Slack's markup.</summary>
public static class SlackText
{
    private const int MaxLength = 1_000;

    /// <summary>An invisible character that prevents mentions and links.</summary>
    private const char WordJoiner = '\u2060';

    /// <summary>
    /// Escapes text so that Slack shows it literally: without formatting, mentions, links and emoji.
    /// </summary>
    /// <remarks>
    /// Slack has escapes only for <c>&amp;</c>, <c>&lt;</c> and <c>&gt;</c>. The other characters of its markup are replaced by similar ones:
    /// always <c>∗</c>, <c>∼</c>, <c>ˋ</c> and <c>꞉</c>, and <c>＿</c> for an underscore that is not inside a word. An invisible word joiner
    /// is inserted after <c>@</c>, <c>#</c> and a dot before a letter. Control characters, including those that change the direction of text,
    /// are replaced by spaces. Text is truncated after 1,000 characters.
    /// </remarks>
    /// <param name="text">The text, such as a circuit name, a reason or an exception message.</param>
    /// <returns>The escaped text.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var escaped = new StringBuilder(text.Length);
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (escaped.Length >= MaxLength)
            {
                return escaped.Append('…').ToString();
            }

            var next = at + rune.Utf16SequenceLength;
            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '*' => escaped.Append('∗'),
                '~' => escaped.Append('∼'),
                '`' => escaped.Append('ˋ'),
                ':' => escaped.Append('꞉'),
                '_' when !(IsWordAt(text, at - 1) && IsWordAt(text, next)) => escaped.Append('＿'),
                '@' or '#' => escaped.Append((char)rune.Value).Append(WordJoiner),
                '.' when next < text.Length && char.IsLetter(text, next) => escaped.Append('.').Append(WordJoiner),
                _ when !OneLine.IsHarmless(text[at]) => escaped.Append(' '),
                _ => escaped.Append(rune.ToString()),
            };
            at = next;
        }

        return escaped.ToString();
    }

    /// <summary>Formats a duration: <c>30 s</c>, <c>1.5 min</c>, <c>2 h</c>.</summary>
    internal static string Format(TimeSpan time) =>
        time switch
        {
            { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##} s"),
            { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} h"),
        };

    private static bool IsWordAt(string text, int at) =>
        at >= 0 && at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_');
}
