using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Fluxgate;

/// <summary>Which families are shown, and how: all of the breakers' own unless changed. What takes one copies it.</summary>
/// <remarks>Not thread-safe while it is being filled.</remarks>
/// <example>
/// <code>
/// var catalogue = new MetricCatalogue { ConstantLabels = { ["environment"] = "production" }, LabelNames = { ["circuit_name"] = "circuit" } };
/// catalogue.Remove("circuit_breaker_stale_total");
/// catalogue.Add(MetricFamily.Signals("circuit_breaker_open_total", "How often the circuit opened.", signal => signal.NewState == BreakerState.Open));
/// </code>
/// </example>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "A catalogue is the word for it.")]
public sealed class MetricCatalogue : IReadOnlyCollection<MetricFamily>
{
    private readonly List<MetricFamily> _families = [.. StandardFamilies.All];

    /// <summary>How many families there are.</summary>
    public int Count => _families.Count;

    /// <summary>The buckets of <c>circuit_breaker_request_duration_seconds</c>, the same for all circuits.</summary>
    /// <value><see cref="Fluxgate.DurationBuckets.Default"/> unless set. <see langword="null"/>: no histogram, and no call is timed for it, which saves two readings of the clock a call.</value>
    public DurationBuckets? DurationBuckets { get; set; } = DurationBuckets.Default;

    /// <summary>Labels that every series gets: names and values, such as the environment, the service, its version.</summary>
    /// <value>Empty unless filled.</value>
    public IDictionary<string, string> ConstantLabels { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Other names for labels of the breakers' families: from <c>circuit_name</c>, <c>state</c>, <c>old_state</c>, <c>new_state</c>, <c>threshold</c>, <c>rule</c> and <c>source</c>, or a label of your own, to the name shown.</summary>
    /// <value>Empty unless filled.</value>
    public IDictionary<string, string> LabelNames { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Hears what callbacks of families throw that are not a breaker's own; called from the thread that reads, so be short.</summary>
    /// <value><see langword="null"/> unless set: such an error leaves its family out, and is said to <see cref="System.Diagnostics.Trace"/>.</value>
    public Action<MetricFamily, Exception>? OnError { get; set; }

    /// <summary>Adds a family. The same one again, or one of the same name, type and labels, changes nothing.</summary>
    /// <param name="family">The family.</param>
    /// <returns><see langword="true"/> when it was added; <see langword="false"/> when it was there.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="family"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">Another family has this name, with another type or other labels.</exception>
    public bool Add(MetricFamily family)
    {
        if (IsIn(_families, family))
        {
            return false;
        }

        _families.Add(family);
        return true;
    }

    /// <summary>Switches a family off.</summary>
    /// <param name="name">The family's name.</param>
    /// <returns><see langword="true"/> when there was one.</returns>
    public bool Remove(string name) => _families.RemoveAll(family => string.Equals(family.Name, name, StringComparison.Ordinal)) > 0;

    /// <summary>Switches all families off, to add the few that are wanted.</summary>
    public void Clear() => _families.Clear();

    /// <inheritdoc/>
    public IEnumerator<MetricFamily> GetEnumerator() => _families.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Whether a family is there already; two that would write the same name differently are refused.</summary>
    internal static bool IsIn(IEnumerable<MetricFamily> families, MetricFamily family)
    {
        Require.NotNull(family);
        if (families.FirstOrDefault(known => Collide(known, family)) is not { } known)
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
                $"{family} with labels ({string.Join(", ", family.Labels)}) cannot stand beside {known} with labels ({string.Join(", ", known.Labels)}): a name means one thing on a page.",
                nameof(family)
            );
    }

    /// <summary>OpenMetrics names a counter without its suffix, so <c>x</c> and <c>x_total</c> cannot both be there.</summary>
    private static bool Collide(MetricFamily one, MetricFamily two) => string.Equals(Bare(one), Bare(two), StringComparison.Ordinal);

    private static string Bare(MetricFamily family) =>
        family.Type == MetricType.Counter ? family.Name[..^MetricNames.Total.Length] : family.Name;
}
