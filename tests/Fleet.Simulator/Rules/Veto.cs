namespace Fluxgate;

/// <summary>When a member does not follow a trip of the fleet.</summary>
internal static class Veto
{
    /// <summary>
    /// Returns whether a member stays closed: it has calls enough of its own to be judged by its rule, and the rule would not fire even if
    /// <see cref="FleetRules.VetoFactor"/> times as many had failed.
    /// </summary>
    public static bool Applies(FleetRules rules, BreakerRule rule, CallSums own) =>
        rules.VetoFactor > 0
        && rule.HasEnough(own)
        && !rule.Fires(new(own.Requests, Math.Min(own.Requests, own.Failures * rules.VetoFactor)));
}
