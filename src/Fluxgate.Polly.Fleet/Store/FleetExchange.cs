namespace Fluxgate;

/// <summary>The data that a member writes in one exchange with the store, and the revisions that it knows.</summary>
/// <param name="MemberId">The identifier of the member: 1 to 256 characters, all of which are allowed.</param>
/// <param name="Digest">The digest, which replaces the member's last one. If it is empty, nothing is written, and the last digest stays.</param>
/// <param name="TimeToLive">How long the digest stays in the store unless the member writes the next one, on the store's clock. Greater than zero and at most 365 days if there is a digest.</param>
/// <param name="KnownSummary">The revision of the summary that the member knows; 0 for none. The store returns another one only.</param>
/// <param name="KnownDirectives">The revision of the directives that the member knows; 0 for none. The store returns other ones only.</param>
public sealed record FleetExchange(
    string MemberId,
    ReadOnlyMemory<byte> Digest,
    TimeSpan TimeToLive,
    long KnownSummary,
    long KnownDirectives
)
{
    /// <summary>Creates an exchange that writes nothing and reads everything, for control and for views.</summary>
    /// <returns>The exchange.</returns>
    public static FleetExchange ReadAll() => new("", default, TimeSpan.Zero, KnownSummary: -1, KnownDirectives: -1);
}
