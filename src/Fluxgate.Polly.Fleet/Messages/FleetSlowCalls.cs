namespace Fluxgate;

/// <summary>The slow calls of a circuit at one threshold, in one member or in all of them.</summary>
/// <param name="Threshold">The duration at or above which a call is slow.</param>
/// <param name="Calls">The number of slow calls.</param>
/// <param name="Reporters">The number of members that have this threshold. Members whose rule has another one do not know these calls.</param>
public sealed record FleetSlowCalls(TimeSpan Threshold, long Calls, int Reporters);
