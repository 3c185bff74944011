using System.Text.Json;
using Outage;

namespace Fluxgate;

/// <summary>Calculates the series that each family must have for a group from the counts of its caller and its listener.</summary>
internal static class CountedGroups
{
    private static readonly string[] Reasons = [.. Enum.GetNames<SharedCallReason>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>The gauges that a group has the sums of. Of the others, it has none.</summary>
    private static readonly string[] Gauges = ["circuit_breaker_in_flight", "circuit_breaker_half_open_in_flight"];

    /// <summary>The families of groups alone.</summary>
    public static IReadOnlyDictionary<string, Func<CountedGroup, IEnumerable<KitSample>>> OfGroupsAlone { get; } =
        new Dictionary<string, Func<CountedGroup, IEnumerable<KitSample>>>(StringComparer.Ordinal)
        {
            ["circuit_breaker_group_circuits"] = group =>
                CountedFamilies.States.Select(state => Sample(group.States.Values.Count(one => one == state), ("state", state))),
            ["circuit_breaker_group_max_circuits"] = group => [Sample(group.MaxCircuits)],
            ["circuit_breaker_group_evicted_total"] = group => [Sample(group.Evicted)],
            ["circuit_breaker_group_shared_calls_total"] = group =>
                Reasons.Select(reason => Sample(group.SharedCalls.GetValueOrDefault(reason), ("reason", reason))),
            ["circuit_breaker_group_shared_state"] = group =>
                CountedFamilies.States.Select(state => Sample(state == group.SharedState ? 1 : 0, ("state", state))),
            ["circuit_breaker_key_state"] = group => OfKeys(group, "circuit_breaker_state"),
            ["circuit_breaker_key_state_transition_total"] = group => OfKeys(group, "circuit_breaker_state_transition_total"),
            ["circuit_breaker_key_failures_total"] = group => OfKeys(group, "circuit_breaker_failures_total"),
            ["circuit_breaker_key_rejected_total"] = group =>
                group.Shown.Select(key => Sample(key.Value.Rejected.Values.Sum(), ("key", key.Key))),
        };

    /// <summary>Returns the series of a family, by its name in Prometheus.</summary>
    public static IEnumerable<KitSample> Of(string family, CountedGroup group) =>
        OfGroupsAlone.TryGetValue(family, out var own) ? own(group)
        : IsCounter(family) || Gauges.Contains(family) ? Sums(family, group)
        : [];

    private static IEnumerable<KitSample> Sums(string family, CountedGroup group) =>
        group
            .All.SelectMany(CountedFamilies.All[family])
            .GroupBy(sample => sample.Key, StringComparer.Ordinal)
            .Select(series => series.First() with { Value = series.Sum(sample => sample.Value) });

    private static IEnumerable<KitSample> OfKeys(CountedGroup group, string family) =>
        group.Shown.SelectMany(key =>
            CountedFamilies
                .All[family](key.Value)
                .Select(sample => Sample(sample.Value, [.. sample.Labels.Select(label => (label.Key, label.Value)), ("key", key.Key)]))
        );

    private static bool IsCounter(string family) => KitScrapes.Counters.Any(end => family.EndsWith(end, StringComparison.Ordinal));

    private static KitSample Sample(double value, params (string Label, string Value)[] labels) =>
        new(labels.ToDictionary(label => label.Label, label => label.Value, StringComparer.Ordinal), value);
}
