using System.Runtime.CompilerServices;
using System.Text;

namespace Fluxgate;

/// <summary>The breakers and groups in the metrics, by name. They are referenced weakly. Their counts are kept while another breaker of the name exists.</summary>
internal sealed class Circuits(BreakerMetrics metrics)
{
    private readonly object _gate = new();
    private readonly SortedDictionary<string, CircuitSeries> _circuits = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<object, SourceFinalizer> _finalizers = [];

    /// <summary>Adds a breaker or a group.</summary>
    public void Add(object source, string sourceName)
    {
        var name = Encodable(sourceName);
        lock (_gate)
        {
            if (_finalizers.TryGetValue(source, out var finalizer))
            {
                finalizer.Source.Attachments++;
                return;
            }

            if (!_circuits.TryGetValue(name, out var circuit) || !circuit.IsAlive)
            {
                circuit = new CircuitSeries(name);
                _circuits[name] = circuit;
            }

            _finalizers.Add(source, new(this, circuit, circuit.Add(source), source));
        }
    }

    /// <summary>Removes a breaker, or a group that has no attached breaker left.</summary>
    public void Remove(object source)
    {
        lock (_gate)
        {
            if (_finalizers.TryGetValue(source, out var finalizer) && (source is not BreakerGroup || --finalizer.Source.Attachments == 0))
            {
                finalizer.Circuit.Dispose(finalizer.Source);
                RemoveUnlessAlive(finalizer.Circuit);
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

    /// <summary>Returns one reading per name, in the order of names. Snapshots run user code, so they are taken outside the lock.</summary>
    public CircuitReading[] Read()
    {
        CircuitReading[] readings;
        lock (_gate)
        {
            readings = new CircuitReading[_circuits.Count];
            var count = 0;
            List<CircuitSeries>? dead = null;
            foreach (var (_, circuit) in _circuits)
            {
                if (circuit.Begin() is { } reading)
                {
                    readings[count++] = reading;
                }
                else
                {
                    (dead ??= []).Add(circuit);
                }
            }

            dead?.ForEach(RemoveUnlessAlive);
            Array.Resize(ref readings, count);
        }

        Array.ForEach(readings, static reading => reading.TakeSnapshots());
        return readings;
    }

    /// <summary>Adds the last counts of a collected breaker or group to its circuit.</summary>
    public void Inherit(CircuitSeries circuit, TrackedSource tracked, SourceReading last)
    {
        var inheritance = metrics.CountsOf(last);
        lock (_gate)
        {
            circuit.Remove(tracked);
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

            // Replaced, not modified: a reading in progress keeps its counts.
            circuit.Inherited = inheritance;
        }
    }

    /// <summary>Returns the name with lone surrogates replaced. Names that differ only in these are one circuit; otherwise their series would be duplicates.</summary>
    public static string Encodable(string name) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name));

    private void RemoveUnlessAlive(CircuitSeries circuit)
    {
        if (!circuit.IsAlive && _circuits.TryGetValue(circuit.Name, out var current) && ReferenceEquals(current, circuit))
        {
            _circuits.Remove(circuit.Name);
        }
    }
}
