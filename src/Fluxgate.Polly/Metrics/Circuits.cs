using System.Runtime.CompilerServices;
using System.Text;

namespace Fluxgate;

/// <summary>The breakers that are shown, by name. They are held weakly; what they had counted is kept while another of the name lives.</summary>
internal sealed class Circuits(BreakerMetrics metrics)
{
    private readonly object _gate = new();
    private readonly SortedDictionary<string, CircuitSeries> _circuits = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<FluxgateBreaker, BreakerFinalizer> _finalizers = [];

    public void Add(FluxgateBreaker breaker)
    {
        var name = Encodable(breaker.Name);
        lock (_gate)
        {
            if (_finalizers.TryGetValue(breaker, out _))
            {
                return;
            }

            if (!_circuits.TryGetValue(name, out var circuit) || !circuit.IsAlive)
            {
                circuit = new CircuitSeries(name);
                _circuits[name] = circuit;
            }

            _finalizers.Add(breaker, new(this, circuit, circuit.Add(breaker), breaker));
        }
    }

    public void Remove(FluxgateBreaker breaker)
    {
        lock (_gate)
        {
            if (_finalizers.TryGetValue(breaker, out var finalizer))
            {
                finalizer.Circuit.Dispose(finalizer.Breaker);
                ForgetUnlessAlive(finalizer.Circuit);
            }
        }
    }

    public void CountSignal(string circuitName, MetricFamily family)
    {
        lock (_gate)
        {
            if (_circuits.TryGetValue(Encodable(circuitName), out var circuit))
            {
                circuit.CountSignal(family);
            }
        }
    }

    /// <summary>One reading per name, in the order of names. Snapshots run parts that users wrote, so they are taken outside the lock.</summary>
    public CircuitReading[] Read()
    {
        CircuitReading[] readings;
        lock (_gate)
        {
            readings = new CircuitReading[_circuits.Count];
            var count = 0;
            List<CircuitSeries>? gone = null;
            foreach (var (_, circuit) in _circuits)
            {
                if (circuit.Begin() is { } reading)
                {
                    readings[count++] = reading;
                }
                else
                {
                    (gone ??= []).Add(circuit);
                }
            }

            gone?.ForEach(ForgetUnlessAlive);
            Array.Resize(ref readings, count);
        }

        Array.ForEach(readings, static reading => reading.TakeSnapshots());
        return readings;
    }

    /// <summary>A breaker is gone: the last that it had counted passes to its name.</summary>
    public void Inherit(CircuitSeries circuit, TrackedBreaker member, BreakerSnapshot last)
    {
        var inheritance = metrics.CountsOf(last);
        lock (_gate)
        {
            circuit.Remove(member);
            foreach (var (family, samples) in circuit.Inherited ?? new Dictionary<MetricFamily, MetricSamples>())
            {
                if (inheritance.TryGetValue(family, out var own))
                {
                    var count = own.All.Length;
                    own.Add(samples);
                    if (family.LabelsAreSettings)
                    {
                        own.Cut(count);
                    }
                }
                else
                {
                    inheritance.Add(family, samples);
                }
            }

            // Swapped, not changed: a page that is being written keeps what it began with.
            circuit.Inherited = inheritance;
        }
    }

    /// <summary>The name with lone surrogates replaced. Names that differ in nothing else are one, or their series would be duplicates.</summary>
    public static string Encodable(string name) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name));

    private void ForgetUnlessAlive(CircuitSeries circuit)
    {
        if (!circuit.IsAlive && _circuits.TryGetValue(circuit.Name, out var current) && ReferenceEquals(current, circuit))
        {
            _circuits.Remove(circuit.Name);
        }
    }
}
