namespace Fluxgate;

/// <summary>The digest of one member, as the store keeps it.</summary>
/// <param name="MemberId">The identifier of the member.</param>
/// <param name="Content">The digest, which the store does not read.</param>
/// <param name="Age">The time since the member wrote it, on the store's clock, at least zero. It may be rounded to milliseconds.</param>
public readonly record struct FleetStoredDigest(string MemberId, ReadOnlyMemory<byte> Content, TimeSpan Age);
