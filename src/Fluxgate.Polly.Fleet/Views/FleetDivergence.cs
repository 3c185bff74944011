namespace Fluxgate;

/// <summary>A circuit of one member that is in a different state than the directive in force requires, because of a manual call in the process.</summary>
/// <param name="MemberId">The identifier of the member.</param>
/// <param name="Circuit">What the member reports of the circuit, with the revision of the directive.</param>
public sealed record FleetDivergence(string MemberId, FleetCircuitReport Circuit);
