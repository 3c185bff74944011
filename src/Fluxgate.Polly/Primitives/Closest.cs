namespace Fluxgate;

/// <summary>Finds the known word that is closest to a mistyped word.</summary>
internal static class Closest
{
    private const int MostCompared = 64;

    /// <summary>Returns the closest known word, or <see langword="null"/> if none is close.</summary>
    public static string? To(string word, IEnumerable<string> known)
    {
        var closest = known.MinBy(candidate => Distance(candidate, word));
        return closest is not null && Distance(closest, word) <= Math.Max(2, closest.Length / 3) ? closest : null;
    }

    /// <summary>Returns the case-insensitive Levenshtein distance of two words; the second is limited to 64 characters.</summary>
    private static int Distance(string known, string word)
    {
        word = word.Length <= MostCompared ? word : word[..MostCompared];
        var row = Enumerable.Range(0, word.Length + 1).ToArray();
        for (var i = 1; i <= known.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= word.Length; j++)
            {
                var substituted = diagonal + (char.ToUpperInvariant(known[i - 1]) == char.ToUpperInvariant(word[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[word.Length];
    }
}
