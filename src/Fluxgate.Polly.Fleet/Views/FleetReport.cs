namespace Fluxgate;

/// <summary>All members of a fleet at one moment. Immutable.</summary>
public sealed record FleetReport
{
    /// <summary>Gets the members, ordered by identifier, those that are no longer alive included while the store has their digest.</summary>
    public required IReadOnlyList<FleetMemberReport> Members { get; init; }

    /// <summary>Gets the number of digests that could not be read.</summary>
    public int IgnoredDigests { get; init; }

    /// <summary>Gets the circuits of live members that are in a different state than a directive requires.</summary>
    public IReadOnlyList<FleetDivergence> Divergences =>
        [
            .. Alive.SelectMany(member =>
                member.Circuits.Where(circuit => circuit.IsDivergent).Select(circuit => new FleetDivergence(member.Id, circuit))
            ),
        ];

    private IEnumerable<FleetMemberReport> Alive => Members.Where(member => member.IsAlive);

    /// <summary>Returns the rules that live members have for a circuit, the most frequent first.</summary>
    /// <param name="circuit">The name of the circuit.</param>
    /// <returns>The rules; empty if no live member has the circuit.</returns>
    public IReadOnlyList<FleetRule> RulesOf(string circuit) =>
        [
            .. Alive
                .SelectMany(member => member.Circuits)
                .Where(one => string.Equals(one.Name, circuit, StringComparison.OrdinalIgnoreCase))
                .GroupBy(one => one.Rule, StringComparer.Ordinal)
                .Select(rule => new FleetRule(rule.Key, rule.Count()))
                .OrderByDescending(rule => rule.Members)
                .ThenBy(rule => rule.Text, StringComparer.Ordinal),
        ];
}
