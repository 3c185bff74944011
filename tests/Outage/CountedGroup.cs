using Fluxgate;

namespace Outage;

/// <summary>The counts of a group by its caller and a listener, without the group's snapshot or metrics.</summary>
/// <param name="All">The counts of all circuits, those of evicted ones and of the shared one included.</param>
/// <param name="States">The states of the circuits that have a key and a place, by key.</param>
/// <param name="Shown">The counts of the keys that have series of their own.</param>
/// <param name="MaxCircuits">The number of places.</param>
/// <param name="Evicted">The number of evicted circuits.</param>
/// <param name="SharedCalls">The calls that went to the shared circuit, by reason.</param>
/// <param name="SharedState">The state of the shared circuit.</param>
internal sealed record CountedGroup(
    IReadOnlyList<Counted> All,
    IReadOnlyDictionary<string, string> States,
    IReadOnlyDictionary<string, Counted> Shown,
    int MaxCircuits,
    long Evicted,
    IReadOnlyDictionary<string, long> SharedCalls,
    string SharedState
)
{
    public static CountedGroup By(CircuitGroup group) =>
        new(
            [.. group.All.Select(Counted.By)],
            group.Group.ToDictionary(breaker => breaker.Key!, breaker => group[breaker.Key!].State.ToLabel(), StringComparer.Ordinal),
            group.Shown.ToDictionary(key => key, key => Counted.By(group[key]), StringComparer.Ordinal),
            group.Group.Options.MaxBreakers,
            group.Evicted,
            group.SharedCalls,
            group.Shared.State.ToLabel()
        );
}
