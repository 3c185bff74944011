using System.Runtime.CompilerServices;
using Prometheus;

namespace Fluxgate;

/// <summary>The breakers of some <see cref="PrometheusNetListener"/>s in a prometheus-net <see cref="CollectorRegistry"/>.</summary>
/// <remarks>
/// <para>
/// Thread-safe. There is one a registry. Real counters with their own names; everything is set in a before-collect callback from one
/// snapshot a breaker, and the series of a breaker that is gone are removed.
/// </para>
/// <para>
/// prometheus-net writes while the next collection may already set new values. A change of state therefore removes a circuit's series of
/// <c>circuit_breaker_state</c> and puts new ones there, zeros last: a collection that overlaps with another one finds the old ones, the
/// new ones or, for the length of that exchange, fewer of them — never two current states.
/// </para>
/// <para>
/// prometheus-net's adapter for .NET meters, which is on by default, finds nothing of ours unless a breaker also has a
/// <see cref="MeteringListener"/>; then it shows those instruments under names with a prefix (<c>fluxgate_polly_…</c>), beside these.
/// </para>
/// </remarks>
public sealed class PrometheusNetMetrics
{
    private static readonly ConditionalWeakTable<CollectorRegistry, PrometheusNetMetrics> Registries = [];

    private readonly object _gate = new();
    private readonly IMetricFactory _factory;
    private readonly Dictionary<MetricFamily, FamilyCollector> _collectors = [];
    private long _begun;
    private long _applied;

    private PrometheusNetMetrics(CollectorRegistry registry, MetricCatalogue? catalogue)
    {
        Breakers = new(catalogue);
        var factory = Metrics.WithCustomRegistry(registry);
        _factory =
            Breakers.ConstantLabels.Count == 0 ? factory : factory.WithLabels(Breakers.ConstantLabels.ToDictionary(StringComparer.Ordinal));
        foreach (var family in Breakers.Families)
        {
            Begin(family);
        }

        // The registry keeps callbacks for ever; this one keeps no more than what it writes to.
        registry.AddBeforeCollectCallback(Collect);
    }

    /// <summary>That of prometheus-net's default registry.</summary>
    public static PrometheusNetMetrics Default => In(Metrics.DefaultRegistry);

    /// <summary>The breakers and the families that are read from them.</summary>
    public BreakerMetrics Breakers { get; }

    /// <summary>The metrics of a registry; made when they are first asked for, and the same every time.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="catalogue">Which families are shown, and how; copied. All of them unless given. Only for a registry that has no breakers' metrics yet.</param>
    /// <returns>The one of this registry.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="registry"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">A catalogue is given for a registry that has breakers' metrics already, or another metric of the registry has the name of a family.</exception>
    public static PrometheusNetMetrics In(CollectorRegistry registry, MetricCatalogue? catalogue = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        lock (Registries)
        {
            if (!Registries.TryGetValue(registry, out var metrics))
            {
                metrics = new(registry, catalogue);
                Registries.Add(registry, metrics);
            }
            else if (catalogue is not null)
            {
                throw new InvalidOperationException(
                    "This registry has the breakers' metrics already, and one registry has them once: give the catalogue where they are first asked for."
                );
            }

            return metrics;
        }
    }

    /// <summary>Adds a family of your own. The same one again, or one of the same name, type and labels, changes nothing.</summary>
    /// <param name="family">The family.</param>
    /// <returns><see langword="true"/> when it was added; <see langword="false"/> when it was there.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="family"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">Another family has this name, with another type or other labels; or a label is among the constant ones.</exception>
    /// <exception cref="InvalidOperationException">Another metric of the registry has the name.</exception>
    public bool Add(MetricFamily family)
    {
        if (!Breakers.Add(family))
        {
            return false;
        }

        lock (_gate)
        {
            Begin(family);
        }

        return true;
    }

    private void Begin(MetricFamily family)
    {
        try
        {
            _collectors.Add(family, FamilyCollector.Of(family, _factory, LabelNames(family), Breakers));
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            throw new InvalidOperationException($"{family.Name} cannot be shown in this registry: {error.Message}", error);
        }
    }

    private string[] LabelNames(MetricFamily family) =>
        family.IsPerCircuit ? [.. family.Labels.Prepend("circuit_name").Select(Breakers.LabelName)] : [.. family.Labels];

    /// <summary>Called before each collection, by several threads at once where collections overlap: an older reading never undoes a newer one.</summary>
    private void Collect()
    {
        var turn = Interlocked.Increment(ref _begun);
        var reading = Breakers.Read();
        var read = reading.Families.Select(family => (family, Read(reading, family))).ToList();
        lock (_gate)
        {
            if (turn < _applied)
            {
                return;
            }

            _applied = turn;
            foreach (var (family, series) in read)
            {
                if (_collectors.TryGetValue(family, out var collector))
                {
                    collector.Set(series);
                }
            }
        }
    }

    private static List<SeriesValue> Read(MetricsReading reading, MetricFamily family)
    {
        var series = new List<SeriesValue>();
        var samples = new MetricSamples();
        for (var circuit = 0; circuit < reading.CircuitsOf(family); circuit++)
        {
            reading.Read(family, circuit, samples);
            foreach (var sample in samples.All)
            {
                series.Add(new(Labels(family, family.IsPerCircuit ? reading.Circuits[circuit] : null, sample), sample));
            }
        }

        return series;
    }

    private static string[] Labels(MetricFamily family, string? circuit, in MetricSample sample)
    {
        var own = circuit is null ? 0 : 1;
        var labels = new string[own + family.Labels.Count];
        if (circuit is not null)
        {
            labels[0] = circuit;
        }

        for (var i = 0; i < family.Labels.Count; i++)
        {
            labels[own + i] = sample.Labels[i]!;
        }

        return labels;
    }
}
