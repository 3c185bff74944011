using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Fluxgate;

/// <summary>The families and labels to export. A new catalog contains all standard families. Consumers copy the catalog.</summary>
/// <remarks>Not thread-safe.</remarks>
/// <example>
/// <code>
/// var catalog = new MetricCatalog { ConstantLabels = { ["environment"] = "production" }, LabelNames = { ["circuit_name"] = "circuit" } };
/// catalog.Remove("circuit_breaker_stale_total");
/// catalog.Add(MetricFamily.Signals("circuit_breaker_open_total", "How often the circuit opened.", signal => signal.NewState == BreakerState.Open));
/// </code>
/// </example>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "A catalog is a collection.")]
public sealed class MetricCatalog : IReadOnlyCollection<MetricFamily>
{
    private readonly List<MetricFamily> _families = [.. StandardFamilies.All];

    /// <summary>Gets the number of families.</summary>
    public int Count => _families.Count;

    /// <summary>Gets or sets the buckets of <c>circuit_breaker_request_duration_seconds</c> for all circuits.</summary>
    /// <value><see cref="Fluxgate.DurationBuckets.Default"/> by default. With <see langword="null"/>, there is no histogram, which saves two clock readings per call.</value>
    public DurationBuckets? DurationBuckets { get; set; } = DurationBuckets.Default;

    /// <summary>Gets the names and values of labels that are added to every series, such as the environment or the service.</summary>
    /// <value>Empty by default.</value>
    public IDictionary<string, string> ConstantLabels { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets the exported names of renamed labels. The keys are <c>circuit_name</c>, <c>state</c>, <c>old_state</c>, <c>new_state</c>, <c>threshold</c>, <c>rule</c>, <c>source</c>, <c>key</c>, <c>reason</c>, or labels of custom families of breakers.</summary>
    /// <value>Empty by default.</value>
    public IDictionary<string, string> LabelNames { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets or sets the callback that receives exceptions of the callbacks of process-wide families. It runs on the reading thread, so return quickly.</summary>
    /// <value><see langword="null"/> by default: the error is written to <see cref="System.Diagnostics.Trace"/>. In both cases the family is omitted from the reading.</value>
    public Action<MetricFamily, Exception>? OnError { get; set; }

    /// <summary>Adds a family. If a family of the same name, type and labels exists already, this is a no-op.</summary>
    /// <param name="family">The family.</param>
    /// <returns><see langword="true"/> if the family was added; <see langword="false"/> if it existed already.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="family"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">Another family has this name with another type or other labels.</exception>
    public bool Add(MetricFamily family)
    {
        if (IsIn(_families, family))
        {
            return false;
        }

        _families.Add(family);
        return true;
    }

    /// <summary>Removes a family.</summary>
    /// <param name="name">The family's name.</param>
    /// <returns><see langword="true"/> if the family existed.</returns>
    public bool Remove(string name) => _families.RemoveAll(family => string.Equals(family.Name, name, StringComparison.Ordinal)) > 0;

    /// <summary>Removes all families, for example to add only a few.</summary>
    public void Clear() => _families.Clear();

    /// <inheritdoc/>
    public IEnumerator<MetricFamily> GetEnumerator() => _families.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Returns whether a family exists already. Throws if another family has the same name with another type or other labels.</summary>
    internal static bool IsIn(IEnumerable<MetricFamily> families, MetricFamily family)
    {
        Require.NotNull(family);
        if (families.FirstOrDefault(known => Conflict(known, family)) is not { } known)
        {
            return false;
        }

        return
            known.Type == family.Type
            && string.Equals(known.Name, family.Name, StringComparison.Ordinal)
            && known.IsPerCircuit == family.IsPerCircuit
            && known.Labels.SequenceEqual(family.Labels, StringComparer.Ordinal)
            ? true
            : throw new ArgumentException(
                $"{family} with labels ({string.Join(", ", family.Labels)}) conflicts with {known} with labels ({string.Join(", ", known.Labels)}). Families of one name must have the same type and labels.",
                nameof(family)
            );
    }

    /// <summary>Returns whether two families have the same name. OpenMetrics names a counter without its suffix, so <c>x</c> and <c>x_total</c> conflict.</summary>
    private static bool Conflict(MetricFamily one, MetricFamily two) => string.Equals(Bare(one), Bare(two), StringComparison.Ordinal);

    private static string Bare(MetricFamily family) =>
        family.Type == MetricType.Counter ? family.Name[..^MetricNames.Total.Length] : family.Name;
}
