namespace Fluxgate;

/// <summary>The standard families of groups. The counters of <see cref="StandardFamilies"/> show the sums of a group under its name.</summary>
internal static class GroupFamilies
{
    private static readonly (SharedCallReason Reason, string Label)[] Reasons =
    [
        .. Enum.GetValues<SharedCallReason>().Select(reason => (reason, StandardFamilies.SnakeCase(reason.ToString()))),
    ];

    public static IReadOnlyList<MetricFamily> All { get; } =
    [
        MetricFamily.GroupGauge(
            "circuit_breaker_group_circuits",
            "Circuits of the group that have a key, by state.",
            ["state"],
            (group, samples) =>
            {
                foreach (var state in StandardFamilies.States)
                {
                    samples.Add(group.Group!.CircuitsIn(state), state.ToLabel());
                }
            }
        ),
        MetricFamily.GroupGauge(
            "circuit_breaker_group_max_circuits",
            "The most circuits that the group has: MaxBreakers.",
            [],
            (group, samples) => samples.Add(group.Group!.MaxBreakers)
        ),
        MetricFamily.GroupCounter(
            "circuit_breaker_group_evicted_total",
            "Circuits of the group that were evicted because they were idle.",
            [],
            (group, samples) => samples.Add(group.Group!.Evicted)
        ),
        MetricFamily.GroupCounter(
            "circuit_breaker_group_shared_calls_total",
            "Calls that went to the shared circuit of the group, by reason: no_place, no_key or selector_error.",
            ["reason"],
            (group, samples) =>
            {
                foreach (var (reason, label) in Reasons)
                {
                    samples.Add(group.Group!.SharedCalls(reason), label);
                }
            }
        ),
        MetricFamily.GroupGauge(
            "circuit_breaker_group_shared_state",
            "Whether the shared circuit of the group is in the state (1) or not (0).",
            ["state"],
            (group, samples) => StandardFamilies.AddStates(group.Group!.Shared.State, samples)
        ),
        MetricFamily.GroupGauge(
            "circuit_breaker_key_state",
            "Whether the circuit of the key is in the state (1) or not (0). For at most MaxKeySeries keys of a group.",
            ["key", "state"],
            (group, samples) =>
            {
                foreach (var key in group.Keys)
                {
                    foreach (var state in StandardFamilies.States)
                    {
                        samples.Add(state == key.State ? 1 : 0, key.Label, state.ToLabel());
                    }
                }
            }
        ),
        MetricFamily.GroupCounter(
            "circuit_breaker_key_state_transition_total",
            "Transitions of the circuit of the key from one state to another. For at most MaxKeySeries keys of a group.",
            ["key", "old_state", "new_state"],
            (group, samples) =>
            {
                foreach (var key in group.Keys)
                {
                    StandardFamilies.AddTransitions(key.Transitions.AllTransitions, samples, key.Label);
                }
            }
        ),
        MetricFamily.GroupCounter(
            "circuit_breaker_key_failures_total",
            "Calls with the key that failed. For at most MaxKeySeries keys of a group.",
            ["key"],
            (group, samples) =>
            {
                foreach (var key in group.Keys)
                {
                    samples.Add(key.Failures, key.Label);
                }
            }
        ),
        MetricFamily.GroupCounter(
            "circuit_breaker_key_rejected_total",
            "Calls with the key that were rejected. For at most MaxKeySeries keys of a group.",
            ["key"],
            (group, samples) =>
            {
                foreach (var key in group.Keys)
                {
                    samples.Add(key.Rejected, key.Label);
                }
            }
        ),
    ];
}
