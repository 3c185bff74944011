namespace Fluxgate;

/// <summary>Puts text from outside, such as a name or a reason, into a line of a log, a terminal or a chat.</summary>
internal static class OneLine
{
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

    /// <summary>Returns whether a character is only itself. All that are not fit into one UTF-16 unit.</summary>
    public static bool IsHarmless(char letter) =>
        letter is < '\u2000' or > '\u206f'
            ? !char.IsControl(letter) && letter != '\u061c'
            : letter
                is not ('\u200e' or '\u200f' or '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));
}
