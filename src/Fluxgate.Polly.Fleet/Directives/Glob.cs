namespace Fluxgate;

/// <summary>Patterns of circuit names in which <c>*</c> stands for any text. Case-insensitive, as the names of breakers are.</summary>
internal static class Glob
{
    public static bool IsAll(ReadOnlySpan<char> pattern) => !pattern.ContainsAnyExcept('*');

    /// <summary>Returns whether a name matches. Takes at most the product of both lengths.</summary>
    public static bool Matches(string pattern, string name)
    {
        int at = 0,
            inName = 0,
            star = -1,
            retry = 0;
        while (inName < name.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, retry) = (at++, inName);
            }
            else if (at < pattern.Length && char.ToUpperInvariant(pattern[at]) == char.ToUpperInvariant(name[inName]))
            {
                at++;
                inName++;
            }
            else if (star >= 0)
            {
                // The last star takes one more character.
                (at, inName) = (star + 1, ++retry);
            }
            else
            {
                return false;
            }
        }

        return IsAll(pattern.AsSpan(at));
    }
}
