namespace Fluxgate;

/// <summary>What an order would touch. Immutable.</summary>
/// <param name="Members">The number of live members that would obey it for at least one circuit.</param>
/// <param name="Circuits">The number of circuits, each counted once in each member.</param>
/// <param name="Names">The names of the circuits, ordered, at most 100.</param>
/// <param name="LiveMembers">The number of all live members.</param>
/// <param name="OmittedCircuits">The number of circuits that found no place in the digests of the live members. The order would touch those that it covers as well.</param>
public sealed record FleetPreview(int Members, int Circuits, IReadOnlyList<string> Names, int LiveMembers, long OmittedCircuits);
