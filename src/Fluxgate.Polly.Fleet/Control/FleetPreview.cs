namespace Fluxgate;

/// <summary>The effect that an order would have. Immutable.</summary>
/// <param name="Members">The number of live members that would apply it to at least one circuit.</param>
/// <param name="Circuits">The number of circuits, each counted once in each member.</param>
/// <param name="Names">The names of the circuits, ordered, at most 100.</param>
/// <param name="LiveMembers">The number of all live members.</param>
/// <param name="OmittedCircuits">The number of circuits that the digests of the live members leave out. The order would also affect those that it covers.</param>
public sealed record FleetPreview(int Members, int Circuits, IReadOnlyList<string> Names, int LiveMembers, long OmittedCircuits);
