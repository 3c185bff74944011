using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Fluxgate;

/// <summary>Derives the names of circuits from names of any length, such as those of pipelines, HTTP clients and servers.</summary>
internal static class DerivedName
{
    private const char Separator = '~';
    private const int HashBytes = 16;
    private const int Beginning = FluxgateDefaults.MaxNameLength - 1 - (2 * HashBytes);

    /// <summary>Returns the name. A name that is too long for a circuit is shortened to its beginning, <c>~</c>, and 32 hexadecimal digits of its SHA-256.</summary>
    /// <remarks>The result is the same in every process. Two names that differ anywhere have different results.</remarks>
    public static string Of(string name)
    {
        if (name.Length <= FluxgateDefaults.MaxNameLength)
        {
            return name;
        }

        // Hashes the raw characters: an encoding would map names that differ only in lone surrogates to the same bytes.
        var hash = SHA256.HashData(MemoryMarshal.AsBytes(name.AsSpan())).AsSpan(0, HashBytes);
        var beginning = char.IsHighSurrogate(name[Beginning - 1]) ? Beginning - 1 : Beginning;
        return $"{name.AsSpan(0, beginning)}{Separator}{Convert.ToHexString(hash).ToLowerInvariant()}";
    }
}
