using System.Globalization;
using System.Text;

namespace Fluxgate;

/// <summary>Puts foreign text into Slack's markup.</summary>
public static class SlackText
{
    private const int LongestForeign = 1_000;

    /// <summary>Takes no room and is part of no name: what it parts is neither a mention nor a link.</summary>
    private const char WordJoiner = '\u2060';

    /// <summary>
    /// Returns text as Slack shows it and nothing else: it formats nothing, mentions nobody, and becomes no link and no emoji.
    /// </summary>
    /// <remarks>
    /// Slack escapes only <c>&amp;</c>, <c>&lt;</c> and <c>&gt;</c>. The other characters of its markup have no escape, so characters that look the
    /// same stand for them: <c>∗</c>, <c>∼</c>, <c>ˋ</c> and <c>꞉</c> always, <c>＿</c> for an underscore that is not inside a word.
    /// An invisible word joiner follows <c>@</c>, <c>#</c> and a dot before a letter. Control characters, and those that turn the direction of
    /// reading, become spaces. Text beyond 1,000 characters is cut.
    /// </remarks>
    /// <param name="text">The text, such as the name of a circuit, a reason or the message of an exception.</param>
    /// <returns>The text for a message.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var escaped = new StringBuilder(text.Length);
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (escaped.Length >= LongestForeign)
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

    /// <summary>A time for people: <c>30 s</c>, <c>1.5 min</c>, <c>2 h</c>.</summary>
    internal static string Words(TimeSpan time) =>
        time switch
        {
            { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##} s"),
            { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} h"),
        };

    private static bool IsWordAt(string text, int at) =>
        at >= 0 && at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_');
}
