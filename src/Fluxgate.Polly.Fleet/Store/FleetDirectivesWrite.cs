namespace Fluxgate;

/// <summary>The replacement of the directives, with its audit entry.</summary>
/// <param name="ExpectedRevision">The revision that the store must still have; 0 for none. Otherwise nothing is written.</param>
/// <param name="Directives">The new directives. Their revision is greater than the expected one; gaps are allowed.</param>
/// <param name="Audit">The audit entry, 1 to 4,096 bytes, which the store does not read.</param>
public sealed record FleetDirectivesWrite(long ExpectedRevision, FleetDocument Directives, ReadOnlyMemory<byte> Audit);
