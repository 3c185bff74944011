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
    private readonly CircuitCollector _process = new(null, 0);
    private long _lastStarted;
    private long _lastCompleted;

    private PrometheusNetMetrics(CollectorRegistry registry, MetricCatalog? catalog)
    {
        Breakers = new(catalog);
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
    /// <param name="catalog">The selection and the options of the families, which is copied. The default is all families. Only the first call may specify it.</param>
    /// <returns>The metrics; always the same instance for a registry.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="registry"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">A catalog is specified, but the metrics of the registry exist, or another metric of the registry has the name of a family.</exception>
    public static PrometheusNetMetrics In(CollectorRegistry registry, MetricCatalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        lock (Registries)
        {
            if (!Registries.TryGetValue(registry, out var metrics))
            {
                metrics = new(registry, catalog);
                Registries.Add(registry, metrics);
            }
            else if (catalog is not null)
            {
                throw new InvalidOperationException(
                    "The metrics of this registry exist, so the catalog cannot be changed. Specify it in the first call of In for the registry."
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
        var circuits = Begin(reading, number);
        var samples = new MetricSamples();
        for (var family = 0; family < reading.Families.Count; family++)
        {
            // Family by family, in the order in which prometheus-net writes, so that the series of a family are neighbours in memory.
            Collect(reading, family, circuits, number, samples);
        }

        lock (_gate)
        {
            foreach (var (name, circuit) in _circuits.Where(circuit => circuit.Value.Collection < number).ToList())
            {
                circuit.Remove();
                _circuits.Remove(name);
            }

            _lastCompleted = Math.Max(_lastCompleted, number);
        }
    }

    /// <summary>Returns the collectors of the circuits of a reading; <see langword="null"/> for a circuit that a newer collection has removed.</summary>
    private CircuitCollector?[] Begin(MetricsReading reading, long number)
    {
        var circuits = new CircuitCollector?[reading.Circuits.Count];
        lock (_gate)
        {
            for (var i = 0; i < circuits.Length; i++)
            {
                var name = reading.Circuits[i];
                if (!_circuits.TryGetValue(name, out var circuit) && number > _lastCompleted)
                {
                    circuit = new(name, reading.Families.Count);
                    _circuits.Add(name, circuit);
                }

                if (circuit is not null)
                {
                    circuit.Collection = Math.Max(circuit.Collection, number);
                    circuits[i] = circuit;
                }
            }
        }

        return circuits;
    }

    private void Collect(MetricsReading reading, int index, CircuitCollector?[] circuits, long number, MetricSamples samples)
    {
        var family = reading.Families[index];
        Func<string?, FamilySeries>? create;
        lock (_gate)
        {
            if (!_collectors.TryGetValue(family, out create))
            {
                return;
            }
        }

        var count = reading.CircuitsOf(family);
        for (var circuit = 0; circuit < count; circuit++)
        {
            // Reading runs user code, so never read under the lock.
            reading.Read(family, circuit, samples);
            lock (_gate)
            {
                (family.IsPerCircuit ? circuits[circuit] : _process)?.Set(index, create, number, samples);
            }
        }
    }
}
