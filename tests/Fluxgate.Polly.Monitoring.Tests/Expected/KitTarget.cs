using Outage;

namespace Fluxgate;

/// <summary>A scraped process and its own counts, by circuit.</summary>
internal sealed record KitTarget(string Job, string Instance, CountedProcess Counts)
{
    /// <summary>Returns all series of a family.</summary>
    public IEnumerable<KitSample> Of(string family) =>
        Counts
            .Circuits.SelectMany(circuit => CountedFamilies.Of(family, circuit.Value).Select(sample => Labelled(sample, circuit.Key)))
            .Concat(Counts.Groups.SelectMany(group => CountedGroups.Of(family, group.Value).Select(sample => Labelled(sample, group.Key))));

    /// <summary>Returns the target with only one circuit or group.</summary>
    public KitTarget Only(string circuit) =>
        this with
        {
            Counts = new(
                Counts.Circuits.Where(one => one.Key == circuit).ToDictionary(),
                Counts.Groups.Where(one => one.Key == circuit).ToDictionary()
            ),
        };

    /// <summary>Returns a series of one of its circuits or groups with the labels that Prometheus adds.</summary>
    private KitSample Labelled(KitSample series, string circuit) =>
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
