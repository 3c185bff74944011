namespace Fluxgate;

/// <summary>A rule that members have for a circuit. More than one during a deployment that changes it.</summary>
/// <param name="Text">The text of the rule.</param>
/// <param name="Members">The number of live members that have it.</param>
public sealed record FleetRule(string Text, int Members);
