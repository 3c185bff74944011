namespace Fluxgate;

/// <summary>The actions of the control API, by their names in addresses.</summary>
internal static class CircuitAction
{
    private static readonly Dictionary<string, Func<FluxgateBreaker, string, bool>> All = new(StringComparer.Ordinal)
    {
        ["reset"] = Reset,
        ["trip"] = (breaker, reason) => breaker.Trip(reason) is not null,
        ["probe"] = (breaker, reason) => breaker.Probe(reason) is not null,
        ["force-open"] = (breaker, reason) => breaker.ForceOpen(reason) is not null,
        ["disable"] = (breaker, reason) => breaker.Disable(reason) is not null,
        ["metrics-only"] = (breaker, reason) => breaker.MetricsOnly(reason) is not null,
    };

    public static string[] Names { get; } = [.. All.Keys];

    /// <summary>Finds an action. It returns whether it had an effect.</summary>
    public static Func<FluxgateBreaker, string, bool>? Find(string? name) =>
        name is not null && All.TryGetValue(name, out var action) ? action : null;

    // The reset of a closed circuit raises no signal, but empties its window.
    private static bool Reset(FluxgateBreaker breaker, string reason)
    {
        var before = breaker.Snapshot().PhaseNumber;
        return breaker.Reset(reason) is not null || breaker.Snapshot().PhaseNumber != before;
    }
}
