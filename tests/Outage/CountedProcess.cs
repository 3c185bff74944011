namespace Outage;

/// <summary>The counts of all circuits and groups of the process, by name.</summary>
internal sealed record CountedProcess(IReadOnlyDictionary<string, Counted> Circuits, IReadOnlyDictionary<string, CountedGroup> Groups)
{
    public static CountedProcess By(Circuits circuits) =>
        new(
            circuits.All.ToDictionary(circuit => circuit.Key, circuit => Counted.By(circuit.Value), StringComparer.Ordinal),
            circuits.Groups.ToDictionary(group => group.Key, group => CountedGroup.By(group.Value), StringComparer.Ordinal)
        );
}
