namespace Fluxgate;

/// <summary>Puts text from outside, such as a name or a reason, into a line of a log, a terminal or a chat.</summary>
internal static class OneLine
{
    private const int MostShown = 40;

    /// <summary>Returns the text with a space for every character that starts a line, steers a terminal or turns the direction of reading.</summary>
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

    /// <summary>Returns the message of an argument's error without the parameter that .NET appends: our own words name the setting and the value.</summary>
    public static string MessageOf(ArgumentException error) =>
        error.ParamName is not null && error.Message.IndexOf(" (Parameter '", StringComparison.Ordinal) is >= 0 and var appended
            ? error.Message[..appended]
            : error.Message;

    /// <summary>Returns whether a character is only itself. All that are not fit into one UTF-16 unit.</summary>
    public static bool IsHarmless(char letter) =>
        letter is < '\u2000' or > '\u206f'
            ? !char.IsControl(letter) && letter != '\u061c'
            : letter
                is not ('\u200e' or '\u200f' or '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));

    /// <summary>Returns the first 40 characters of text that a message repeats.</summary>
    public static string Excerpt(ReadOnlySpan<char> found)
    {
        if (found.Length == 1 && (char.IsControl(found[0]) || char.IsSurrogate(found[0])))
        {
            return $"U+{(int)found[0]:X4}";
        }

        // A number and its unit may stand on two lines; a message stands on one.
        var line = string.Join(' ', found.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MostShown ? line : $"{line[..MostShown]}…";
    }
}
