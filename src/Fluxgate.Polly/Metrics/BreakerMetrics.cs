using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// The metrics of the breakers that it is attached to. All exporters are based on it. The other packages contain exporters; to write
/// a custom one, use <see cref="Read"/>.
/// </summary>
/// <remarks>
/// Thread-safe. Metrics are read on request, so a breaker is visible as soon as it is attached, and calls do no work for metrics, except for the
/// duration histogram. Breakers are referenced weakly: a breaker that is disposed or collected disappears. Breakers of one name share their
/// series: a gauge shows the newest breaker, and a counter or histogram the sum over all, including those that were disposed or collected while
/// another breaker of the name exists. Therefore a pipeline that reloads under the same name continues its counters.
/// </remarks>
public sealed class BreakerMetrics : ICircuitListener
{
    private readonly object _gate = new();
    private readonly Circuits _circuits;
    private readonly Dictionary<string, string> _labelNames;
    private readonly Action<MetricFamily, Exception> _onError;
    private readonly ConditionalWeakTable<Signal, object> _counted = [];
    private volatile MetricFamily[] _families;

    /// <summary>Creates metrics that are not attached to a breaker yet.</summary>
    /// <param name="catalog">The families and labels to export, which are copied; by default, all families.</param>
    /// <exception cref="ArgumentException">The catalog has a label that is invalid in Prometheus, or gives a family two labels of one name. The message names them.</exception>
    public BreakerMetrics(MetricCatalog? catalog = null)
    {
        catalog ??= new();
        _labelNames = new(catalog.LabelNames, StringComparer.Ordinal);
        _onError = catalog.OnError ?? Trace;
        _families = [.. catalog];
        _circuits = new(this);
        ConstantLabels = new SortedDictionary<string, string>(catalog.ConstantLabels, StringComparer.Ordinal).AsReadOnly();
        DurationBuckets = Array.Exists(_families, family => family.Name is StandardFamilies.RequestDuration)
            ? catalog.DurationBuckets
            : null;
        foreach (var label in _labelNames.Values.Concat(ConstantLabels.Keys))
        {
            MetricNames.OfLabel(label, nameof(catalog));
        }

        foreach (var (name, value) in ConstantLabels)
        {
            Require.NotNull(value, $"ConstantLabels[\"{name}\"]");
        }

        Array.ForEach(_families, RequireDistinctLabels);
    }

    /// <summary>Gets the families, in the order of the output.</summary>
    public IReadOnlyList<MetricFamily> Families => _families;

    /// <summary>Gets the labels that are added to every series, by name.</summary>
    public IReadOnlyDictionary<string, string> ConstantLabels { get; }

    /// <summary>Gets the buckets of the histogram of call durations; <see langword="null"/> if there is no histogram.</summary>
    public DurationBuckets? DurationBuckets { get; }

    /// <summary>Adds a custom family. If a family of the same name, type and labels exists already, this is a no-op.</summary>
    /// <param name="family">The family.</param>
    /// <returns><see langword="true"/> if the family was added; <see langword="false"/> if it existed already.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="family"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">Another family has this name with another type or other labels, or a label is also a constant label.</exception>
    public bool Add(MetricFamily family)
    {
        lock (_gate)
        {
            if (MetricCatalog.IsIn(_families, family))
            {
                return false;
            }

            RequireDistinctLabels(family);
            _families = [.. _families, family];
            return true;
        }
    }

    /// <summary>Reads all metrics.</summary>
    /// <returns>A reading with one snapshot per breaker.</returns>
    public MetricsReading Read() => new(this, _families, _circuits.Read());

    /// <summary>Returns the exported name of a label.</summary>
    /// <param name="label"><c>circuit_name</c>, or one of a family's <see cref="MetricFamily.Labels"/>.</param>
    /// <returns>The name in the catalog's <see cref="MetricCatalog.LabelNames"/>; the label itself if it is not renamed.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="label"/> is <see langword="null"/>.</exception>
    public string LabelName(string label) => _labelNames.GetValueOrDefault(Require.NotNull(label), label);

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnAttached(FluxgateBreaker breaker)
    {
        Require.NotNull(breaker);
        _circuits.Add(SourceOf(breaker), breaker.GroupName ?? breaker.Name);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnDetached(FluxgateBreaker breaker)
    {
        Require.NotNull(breaker);
        _circuits.Remove(SourceOf(breaker));
    }

    /// <summary>Counts the signal for families that count signals. The breaker itself counts its transitions.</summary>
    /// <param name="signal">The signal.</param>
    /// <exception cref="ArgumentNullException"><paramref name="signal"/> is <see langword="null"/>.</exception>
    public void OnSignal(Signal signal)
    {
        Require.NotNull(signal);

        // Two listeners of one breaker can forward the same signal.
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
                    _circuits.CountSignal(signal.GroupName ?? signal.CircuitName, family);
                }
            }
            catch (Exception error)
            {
                (errors ??= []).Add(error);
            }
        }

        if (errors is not null)
        {
            // The breaker counts and reports exceptions of a listener. All families have been called at this point.
            throw errors.Count == 1 ? errors[0] : new AggregateException(errors);
        }
    }

    /// <summary>Returns the counts of a breaker or a group from its last reading, to keep them after it has been collected.</summary>
    internal Dictionary<MetricFamily, MetricSamples> CountsOf(SourceReading last)
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
            // The error callback is user code too. Its own errors cannot be reported anywhere.
        }
    }

    // A group is in the metrics as long as one of its breakers is attached.
    private static object SourceOf(FluxgateBreaker breaker) =>
        breaker.Machine.Membership is GroupMember { Group: var group } ? group : breaker;

    private static void Trace(MetricFamily family, Exception error) =>
        System.Diagnostics.Trace.TraceError($"The metric {family.Name} is omitted from this reading: {error}");

    private void RequireDistinctLabels(MetricFamily family)
    {
        IEnumerable<string> own = family.IsPerCircuit ? family.Labels.Prepend(MetricNames.CircuitName).Select(LabelName) : family.Labels;
        var twice = own.Concat(ConstantLabels.Keys).GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(name => name.Count() > 1);
        if (twice is not null)
        {
            throw new ArgumentException($"{family.Name} would have the label '{twice.Key}' twice. Rename one of them.", nameof(family));
        }
    }
}
