namespace Fluxgate;

/// <summary>A zone of a fleet.</summary>
/// <param name="Name">The name; empty for members without a zone.</param>
/// <param name="Members">The number of live members.</param>
public sealed record FleetZone(string Name, int Members);
