namespace Fluxgate;

/// <summary>The actions of a fleet, by their names in the API.</summary>
internal static class FleetActions
{
    private static readonly Dictionary<string, FleetAction> All = new(StringComparer.Ordinal)
    {
        ["force-open"] = FleetAction.ForceOpen,
        ["disable"] = FleetAction.Disable,
        ["metrics-only"] = FleetAction.MetricsOnly,
        ["reset"] = FleetAction.Reset,
        ["release"] = FleetAction.Release,
    };

    public static string[] Names { get; } = [.. All.Keys];

    public static FleetAction? Find(string? name) => name is not null && All.TryGetValue(name, out var action) ? action : null;

    /// <summary>Returns the name of an action; the number of one that a newer version of the library has issued.</summary>
    public static string NameOf(FleetAction action) =>
        All.FirstOrDefault(named => named.Value == action).Key ?? RuleText.Number((int)action);
}
