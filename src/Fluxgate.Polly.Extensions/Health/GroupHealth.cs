using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>Reads the health of a group.</summary>
internal static class GroupHealth
{
    /// <summary>The default ratio of circuits that restrict calls at or above which a group is degraded.</summary>
    public const double DegradedFrom = 0.1;

    // So that 7 of 100 circuits reach 7% in spite of rounding.
    private const double Rounding = 1e-9;

    private const int MostListed = 10;
    private const int MostDescribed = 3;

    private static readonly BreakerState[] States = Enum.GetValues<BreakerState>();

    /// <summary>Reads the health of a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="whenOpen">The status of a group with too many open circuits.</param>
    /// <param name="degradedFrom">The ratio of circuits that restrict calls at or above which the group is not healthy.</param>
    public static CircuitHealth Of(BreakerGroup group, HealthStatus whenOpen, double degradedFrom)
    {
        var now = group.Snapshot(MostListed);
        if (now.CircuitsIn(BreakerState.Open) > MostListed && whenOpen < HealthStatus.Degraded)
        {
            // To see of each open circuit whether its break is over.
            now = group.Snapshot(now.CircuitsIn(BreakerState.Open));
        }

        var rejecting =
            now.CircuitsIn(BreakerState.Open) + now.CircuitsIn(BreakerState.ForcedOpen) - now.Worst.Count(BreakerHealth.IsReadyToProbe);
        var restricting = States.Where(Restricts).Sum(now.CircuitsIn);
        var status =
            IsReached(rejecting) ? whenOpen
            : IsReached(restricting) || Restricts(now.Shared.State) ? BreakerHealth.AtWorstDegraded(whenOpen)
            : HealthStatus.Healthy;
        BreakerSnapshot[] worst = [.. now.Worst.Take(MostListed).Where(circuit => circuit.State != BreakerState.Closed)];
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["circuits"] = now.Count,
            ["states"] = States.ToDictionary(state => state.ToLabel(), state => (object)now.CircuitsIn(state), StringComparer.Ordinal),
            ["shared"] = BreakerHealth.DataOf(now.Shared),
            ["worst"] = worst.Select(DataOf).ToArray(),
        };
        return new CircuitHealth(status, Describe(now, restricting, worst), data, restricting > 0 || Restricts(now.Shared.State));

        bool IsReached(int circuits) => circuits > 0 && circuits >= (degradedFrom * now.Count) - Rounding;
    }

    // A half-open circuit admits some calls only, and may re-open at any time.
    private static bool Restricts(BreakerState state) => state is BreakerState.Open or BreakerState.ForcedOpen or BreakerState.HalfOpen;

    private static Dictionary<string, object> DataOf(BreakerSnapshot circuit)
    {
        var data = BreakerHealth.DataOf(circuit);
        data["key"] = NameOf(circuit);
        return data;
    }

    // Keys come from outside and have any length and any characters.
    private static string NameOf(BreakerSnapshot circuit) => OneLine.Of(SettingsNode.Shorten(circuit.Key ?? circuit.CircuitName));

    private static string Describe(BreakerGroupSnapshot now, int restricting, IEnumerable<BreakerSnapshot> worst)
    {
        List<string> circuits =
        [
            .. worst
                .Where(circuit => Restricts(circuit.State))
                .Take(MostDescribed)
                .Select(circuit => $"{NameOf(circuit)} is {circuit.State.ToLabel()} ({circuit.Reason.Text})"),
        ];
        if (restricting > circuits.Count)
        {
            circuits.Add($"{RuleText.Number(restricting - circuits.Count)} more");
        }

        if (Restricts(now.Shared.State))
        {
            circuits.Add($"the shared circuit is {now.Shared.State.ToLabel()} ({now.Shared.Reason.Text})");
        }

        var group = OneLine.Of(now.GroupName);
        return circuits.Count == 0
            ? $"{RuleText.Number(now.Count)} circuits of {group} admit all calls"
            : $"{RuleText.Number(restricting)} of {RuleText.Number(now.Count)} circuits of {group} restrict calls: {string.Join("; ", circuits)}";
    }
}
