using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Fluxgate;

/// <summary>Names of circuits that are derived from other names, which may have any length: those of pipelines, HTTP clients and servers.</summary>
internal static class DerivedName
{
    private const char Separator = '~';
    private const int HashBytes = 16;
    private const int Beginning = FluxgateDefaults.MaxNameLength - 1 - (2 * HashBytes);

    /// <summary>Returns the name; of one that is too long for a circuit its beginning, <c>~</c>, and 32 hexadecimal digits of its SHA-256.</summary>
    /// <remarks>The result is the same in every process. Two names that differ anywhere have different results.</remarks>
    public static string Of(string name)
    {
        if (name.Length <= FluxgateDefaults.MaxNameLength)
        {
            return name;
        }

        // Of the characters as they are: an encoding would make equal what differs in lone surrogates.
        var hash = SHA256.HashData(MemoryMarshal.AsBytes(name.AsSpan())).AsSpan(0, HashBytes);
        var beginning = char.IsHighSurrogate(name[Beginning - 1]) ? Beginning - 1 : Beginning;
        return $"{name.AsSpan(0, beginning)}{Separator}{Convert.ToHexString(hash).ToLowerInvariant()}";
    }
}
