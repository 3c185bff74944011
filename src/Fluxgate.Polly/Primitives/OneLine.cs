namespace Fluxgate;

/// <summary>Makes external text, such as a name or a reason, safe for one line of a log, a terminal or a chat.</summary>
internal static class OneLine
{
    private const int MostShown = 40;

    /// <summary>Returns the text with a space in place of every line break, control character and bidirectional formatting character.</summary>
    public static string Of(string text) =>
        text.Any(static letter => !IsHarmless(letter))
            ? string.Create(
                text.Length,
                text,
                static (line, text) =>
                {
                    for (var i = 0; i < text.Length; i++)
                    {
                        line[i] = IsHarmless(text[i]) ? text[i] : ' ';
                    }
                }
            )
            : text;

    /// <summary>Returns the message of an exception without the parameter name that .NET appends: the message itself names the setting and the value.</summary>
    public static string MessageOf(ArgumentException error) =>
        error.ParamName is not null && error.Message.IndexOf(" (Parameter '", StringComparison.Ordinal) is >= 0 and var appended
            ? error.Message[..appended]
            : error.Message;

    /// <summary>Returns whether a character has no effect on lines, terminals or text direction. All characters with such an effect are single UTF-16 units.</summary>
    public static bool IsHarmless(char letter) =>
        letter is < '\u2000' or > '\u206f'
            ? !char.IsControl(letter) && letter != '\u061c'
            : letter
                is not ('\u200e' or '\u200f' or '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));

    /// <summary>Returns the first 40 characters of text that a message quotes.</summary>
    public static string Excerpt(ReadOnlySpan<char> found)
    {
        if (found.Length == 1 && (char.IsControl(found[0]) || char.IsSurrogate(found[0])))
        {
            return $"U+{(int)found[0]:X4}";
        }

        // A number and its unit can be on two lines, but a message is on one line.
        var line = string.Join(' ', found.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MostShown ? line : $"{line[..MostShown]}…";
    }
}
