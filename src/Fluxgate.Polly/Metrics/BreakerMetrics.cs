using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// The breakers it listens to and the families that are read from them: what every writer of metrics stands on. Writers are in the packages
/// beside this one; to write to somewhere else, walk <see cref="Read"/>.
/// </summary>
/// <remarks>
/// Thread-safe. Everything is read when somebody asks, so a breaker is there from its first moment and no call pays for its metrics, but
/// for the histogram of durations. Breakers are held weakly: one that is disposed or collected leaves. Live breakers of one name share
/// their series: gauges are those of the newest, counters and histograms the sum over all, those included that were disposed or collected
/// while another of the name lives. So a pipeline that reloads under the same name continues its counters.
/// </remarks>
public sealed class BreakerMetrics : ICircuitListener
{
    private readonly object _gate = new();
    private readonly Circuits _circuits;
    private readonly Dictionary<string, string> _labelNames;
    private readonly Action<MetricFamily, Exception> _onError;
    private readonly ConditionalWeakTable<Signal, object> _counted = [];
    private volatile MetricFamily[] _families;

    /// <summary>Creates metrics without breakers.</summary>
    /// <param name="catalogue">Which families are shown, and how; copied. All of them unless given.</param>
    /// <exception cref="ArgumentException">The catalogue has a label that Prometheus does not take, or gives a family two labels of one name; the message names them.</exception>
    public BreakerMetrics(MetricCatalogue? catalogue = null)
    {
        catalogue ??= new();
        _labelNames = new(catalogue.LabelNames, StringComparer.Ordinal);
        _onError = catalogue.OnError ?? Trace;
        _families = [.. catalogue];
        _circuits = new(this);
        ConstantLabels = new SortedDictionary<string, string>(catalogue.ConstantLabels, StringComparer.Ordinal).AsReadOnly();
        DurationBuckets = Array.Exists(_families, family => family.Name is StandardFamilies.RequestDuration)
            ? catalogue.DurationBuckets
            : null;
        foreach (var label in _labelNames.Values.Concat(ConstantLabels.Keys))
        {
            MetricNames.OfLabel(label, nameof(catalogue));
        }

        foreach (var (name, value) in ConstantLabels)
        {
            Require.NotNull(value, $"ConstantLabels[\"{name}\"]");
        }

        Array.ForEach(_families, RequireDistinctLabels);
    }

    /// <summary>The families, in the order in which they are shown.</summary>
    public IReadOnlyList<MetricFamily> Families => _families;

    /// <summary>Labels that every series gets, by name.</summary>
    public IReadOnlyDictionary<string, string> ConstantLabels { get; }

    /// <summary>The buckets of the histogram of calls; <see langword="null"/> where none is kept.</summary>
    public DurationBuckets? DurationBuckets { get; }

    /// <summary>Adds a family of your own. The same one again, or one of the same name, type and labels, changes nothing.</summary>
    /// <param name="family">The family.</param>
    /// <returns><see langword="true"/> when it was added; <see langword="false"/> when it was there.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="family"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">Another family has this name, with another type or other labels; or a label is among the constant ones.</exception>
    public bool Add(MetricFamily family)
    {
        lock (_gate)
        {
            if (MetricCatalogue.IsIn(_families, family))
            {
                return false;
            }

            RequireDistinctLabels(family);
            _families = [.. _families, family];
            return true;
        }
    }

    /// <summary>Reads everything now.</summary>
    /// <returns>One snapshot per breaker.</returns>
    public MetricsReading Read() => new(this, _families, _circuits.Read());

    /// <summary>The name under which a label is shown.</summary>
    /// <param name="label"><c>circuit_name</c>, or one of a family's <see cref="MetricFamily.Labels"/>.</param>
    /// <returns>The name that the catalogue gives it; the same where it gives none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="label"/> is <see langword="null"/>.</exception>
    public string LabelName(string label) => _labelNames.GetValueOrDefault(Require.NotNull(label), label);

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnAttached(FluxgateBreaker breaker) => _circuits.Add(Require.NotNull(breaker));

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnDetached(FluxgateBreaker breaker) => _circuits.Remove(Require.NotNull(breaker));

    /// <summary>Counts the signal for families that count signals; transitions themselves are counted by the breaker.</summary>
    /// <param name="signal">What happened.</param>
    /// <exception cref="ArgumentNullException"><paramref name="signal"/> is <see langword="null"/>.</exception>
    public void OnSignal(Signal signal)
    {
        Require.NotNull(signal);

        // Two listeners of one breaker may lead here, and both bring the one signal.
        var counting = Array.FindAll(_families, family => family.CountsSignal is not null);
        if (counting.Length == 0 || !_counted.TryAdd(signal, this))
        {
            return;
        }

        List<Exception>? errors = null;
        foreach (var family in counting)
        {
            try
            {
                if (family.CountsSignal?.Invoke(signal) == true)
                {
                    _circuits.CountSignal(signal.CircuitName, family);
                }
            }
            catch (Exception error)
            {
                (errors ??= []).Add(error);
            }
        }

        if (errors is not null)
        {
            // The breaker counts and reports what a listener throws; every family has been asked by now.
            throw errors.Count == 1 ? errors[0] : new AggregateException(errors);
        }
    }

    /// <summary>What a breaker has counted, for the day on which it cannot be asked any more.</summary>
    internal Dictionary<MetricFamily, MetricSamples> CountsOf(BreakerSnapshot last)
    {
        var counts = new Dictionary<MetricFamily, MetricSamples>();
        foreach (var family in _families.Where(family => family is { IsPerCircuit: true, CountsSignal: null, Type: not MetricType.Gauge }))
        {
            var samples = new MetricSamples();
            samples.Begin(family, DurationBuckets);
            try
            {
                family.Read(last, samples);
                counts.Add(family, samples);
            }
            catch (Exception error)
            {
                Failed(family, error);
            }
        }

        return counts;
    }

    internal void Failed(MetricFamily family, Exception error)
    {
        try
        {
            _onError(family, error);
        }
        catch (Exception)
        {
            // Who hears of errors in user code is user code: there is nobody left to tell.
        }
    }

    private static void Trace(MetricFamily family, Exception error) =>
        System.Diagnostics.Trace.TraceError($"The metric {family.Name} is left out of this page: {error}");

    private void RequireDistinctLabels(MetricFamily family)
    {
        IEnumerable<string> own = family.IsPerCircuit ? family.Labels.Prepend(MetricNames.CircuitName).Select(LabelName) : family.Labels;
        var twice = own.Concat(ConstantLabels.Keys).GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(name => name.Count() > 1);
        if (twice is not null)
        {
            throw new ArgumentException($"{family.Name} would have the label '{twice.Key}' twice: rename one of them.", nameof(family));
        }
    }
}
