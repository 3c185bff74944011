using Outage;

namespace Fluxgate;

/// <summary>A process that Prometheus scraped, and what it counted itself, by circuit.</summary>
internal sealed record KitTarget(string Job, string Instance, IReadOnlyDictionary<string, Counted> Circuits)
{
    /// <summary>A series of one of its circuits, as Prometheus labels it.</summary>
    public KitSample Labelled(KitSample series, string circuit) =>
        new(
            new Dictionary<string, string>(series.Labels, StringComparer.Ordinal)
            {
                ["job"] = Job,
                ["instance"] = Instance,
                ["circuit_name"] = circuit,
            },
            series.Value
        );
}
