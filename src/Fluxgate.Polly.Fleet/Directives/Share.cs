using System.Text;

namespace Fluxgate;

/// <summary>Selects a percentage of the members.</summary>
internal static class Share
{
    /// <summary>
    /// Returns the place of a member among all members for a pattern of circuits, from 0 to less than 100: the same in every process. Since it does not depend on
    /// the percentage, the members that obey 10% are among those that obey 50%.
    /// </summary>
    public static double Of(string memberId, string circuits)
    {
        // FNV-1a, then the end of MurmurHash3, which spreads the differences of short texts over all bits.
        var hash = 14695981039346656037UL;
        foreach (var letter in Encoding.UTF8.GetBytes($"{memberId}\n{circuits.ToUpperInvariant()}"))
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53UL;
        hash ^= hash >> 33;
        return (hash >> 11) * (100.0 / (1UL << 53));
    }
}
