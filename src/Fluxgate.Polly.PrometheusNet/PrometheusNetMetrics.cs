using System.Runtime.CompilerServices;
using Prometheus;

namespace Fluxgate;

/// <summary>The metrics of the breakers of one or more <see cref="PrometheusNetListener"/> objects in a prometheus-net <see cref="CollectorRegistry"/>.</summary>
/// <remarks>
/// <para>
/// Thread-safe. There is one instance per registry. A before-collect callback sets all series from one snapshot per breaker, and removes the
/// series of breakers that are disposed or collected.
/// </para>
/// <para>
/// prometheus-net writes a collection while the next one may set new values. Therefore a change of state replaces the series of
/// <c>circuit_breaker_state</c> of the circuit: overlapping collections contain the old series, the new series or, during the replacement, a
/// part of them, but never two current states.
/// </para>
/// <para>
/// prometheus-net's adapter for .NET meters, which is enabled by default, adds nothing unless a breaker also has a
/// <see cref="MeteringListener"/>. Then it also publishes those instruments, with the prefix <c>fluxgate_polly_</c>.
/// </para>
/// </remarks>
public sealed class PrometheusNetMetrics
{
    private static readonly ConditionalWeakTable<CollectorRegistry, PrometheusNetMetrics> Registries = [];

    private readonly object _gate = new();
    private readonly IMetricFactory _factory;
    private readonly Dictionary<MetricFamily, Func<string?, FamilySeries>> _collectors = [];
    private readonly Dictionary<string, CircuitCollector> _circuits = new(StringComparer.Ordinal);
    private readonly CircuitCollector _process = new(null);
    private long _lastStarted;
    private long _lastCompleted;

    private PrometheusNetMetrics(CollectorRegistry registry, MetricCatalogue? catalogue)
    {
        Breakers = new(catalogue);
        var factory = Metrics.WithCustomRegistry(registry);
        _factory =
            Breakers.ConstantLabels.Count == 0 ? factory : factory.WithLabels(Breakers.ConstantLabels.ToDictionary(StringComparer.Ordinal));
        foreach (var family in Breakers.Families)
        {
            AddCollector(family);
        }

        // The registry never releases a callback. This one references only what it writes to.
        registry.AddBeforeCollectCallback(Collect);
    }

    /// <summary>Gets the metrics of prometheus-net's default registry.</summary>
    public static PrometheusNetMetrics Default => In(Metrics.DefaultRegistry);

    /// <summary>Gets the breakers and their metric families.</summary>
    public BreakerMetrics Breakers { get; }

    /// <summary>Returns the metrics of a registry. The first call creates them.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="catalogue">The selection and the options of the families, which is copied. The default is all families. Only the first call may specify it.</param>
    /// <returns>The metrics; always the same instance for a registry.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="registry"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">A catalogue is specified, but the metrics of the registry exist, or another metric of the registry has the name of a family.</exception>
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
                    "The metrics of this registry exist, so the catalogue cannot be changed. Specify it in the first call of In for the registry."
                );
            }

            return metrics;
        }
    }

    /// <summary>Adds a custom family. Adding it again, or a family of the same name, type and labels, is a no-op.</summary>
    /// <param name="family">The family.</param>
    /// <returns><see langword="true"/> if the family was added; <see langword="false"/> if it was present.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="family"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A family with this name has another type or other labels, or a label has the name of a constant label.</exception>
    /// <exception cref="InvalidOperationException">Another metric of the registry has the name.</exception>
    public bool Add(MetricFamily family)
    {
        if (!Breakers.Add(family))
        {
            return false;
        }

        lock (_gate)
        {
            AddCollector(family);
        }

        return true;
    }

    private void AddCollector(MetricFamily family)
    {
        try
        {
            _collectors.Add(family, FamilyCollector.Of(family, _factory, LabelNames(family), Breakers));
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            throw new InvalidOperationException($"{family.Name} cannot be added to this registry: {error.Message}", error);
        }
    }

    private string[] LabelNames(MetricFamily family) =>
        family.IsPerCircuit ? [.. family.Labels.Prepend("circuit_name").Select(Breakers.LabelName)] : [.. family.Labels];

    /// <summary>Sets all series before a collection. Collections may overlap; an older reading never replaces a newer one.</summary>
    private void Collect()
    {
        var number = Interlocked.Increment(ref _lastStarted);
        var reading = Breakers.Read();
        MetricFamily[] families = [.. reading.Families];
        var samples = Array.ConvertAll(families, static _ => new MetricSamples());
        for (var circuit = 0; circuit < reading.Circuits.Count; circuit++)
        {
            Read(reading, families, circuit, samples);
            lock (_gate)
            {
                if (CollectorOf(reading.Circuits[circuit], number) is { } collector)
                {
                    Set(collector, number, families, samples);
                }
            }
        }

        Read(reading, families, null, samples);
        lock (_gate)
        {
            Set(_process, number, families, samples);
            foreach (var (name, circuit) in _circuits.Where(circuit => circuit.Value.Collection < number).ToList())
            {
                circuit.Remove();
                _circuits.Remove(name);
            }

            _lastCompleted = Math.Max(_lastCompleted, number);
        }
    }

    /// <summary>Reads the families of a circuit, or those of the process. This runs user code, so never call it under a lock.</summary>
    private static void Read(MetricsReading reading, MetricFamily[] families, int? circuit, MetricSamples[] samples)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            if (families[i].IsPerCircuit == circuit is not null)
            {
                reading.Read(families[i], circuit ?? 0, samples[i]);
            }
        }
    }

    /// <summary>Returns the collector of a circuit, or <see langword="null"/> if a newer collection has completed and removed the circuit.</summary>
    private CircuitCollector? CollectorOf(string name, long number)
    {
        if (!_circuits.TryGetValue(name, out var circuit) && number > _lastCompleted)
        {
            circuit = new(name);
            _circuits.Add(name, circuit);
        }

        return circuit;
    }

    private void Set(CircuitCollector collector, long number, MetricFamily[] families, MetricSamples[] samples)
    {
        if (number > collector.Collection)
        {
            collector.Collection = number;
            collector.Set(families, samples, _collectors);
        }
    }
}
