using Outage;

namespace Fluxgate;

/// <summary>A scraped process and its own counts, by circuit.</summary>
internal sealed record KitTarget(string Job, string Instance, IReadOnlyDictionary<string, Counted> Circuits)
{
    /// <summary>Returns a series of one of its circuits with the labels that Prometheus adds.</summary>
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
