namespace Fluxgate;

/// <summary>The summary or the directives of a fleet, as the store keeps them.</summary>
/// <param name="Revision">The revision: 0 if the store has no document, otherwise greater than 0 and at most 2^53.</param>
/// <param name="Content">The content, which the store does not read. Empty if the store has no document.</param>
public readonly record struct FleetDocument(long Revision, ReadOnlyMemory<byte> Content);
