using System.Diagnostics.Metrics;

namespace Fluxgate;

/// <summary>The breakers of some <see cref="MeteringListener"/>s as a .NET <see cref="Meter"/>, for OpenTelemetry and dotnet-counters.</summary>
/// <remarks>
/// <para>
/// Thread-safe. Every family of the catalogue is an observable instrument, asked when somebody collects; names are such that the usual
/// translation gives the families' own: <c>circuit_breaker.requests</c> becomes <c>circuit_breaker_requests_total</c>. The duration of calls
/// is the histogram <c>circuit_breaker.request.duration</c> in <c>s</c>, recorded as calls settle and only while somebody listens. It
/// advises its buckets where the runtime can (.NET 9 and later); elsewhere a view sets them.
/// </para>
/// <para>
/// Instruments of one collection share one reading, so their numbers agree. A histogram of your own is not among the instruments: .NET's
/// <see cref="Histogram{T}"/> records it as it happens.
/// </para>
/// </remarks>
public sealed class BreakerMeter : IDisposable
{
    /// <summary>The name of the meter: <c>AddMeter(BreakerMeter.Name)</c>.</summary>
    public const string Name = "Fluxgate.Polly";

    private static readonly SharedMeter Shared = new();

    private readonly Meter _meter;
    private readonly SharedReading _readings;
    private int _begun;

    /// <summary>Creates a meter of its own, apart from <see cref="Default"/>, under the same name. Dispose it to end its instruments.</summary>
    /// <param name="catalogue">Which families are shown, and how; copied. All of them unless given.</param>
    /// <exception cref="ArgumentException">The catalogue has a label that Prometheus does not take, or gives a family two labels of one name; the message names them.</exception>
    public BreakerMeter(MetricCatalogue? catalogue = null)
        : this(catalogue, TimeProvider.System) { }

    internal BreakerMeter(MetricCatalogue? catalogue, TimeProvider time, bool begin = true)
    {
        Breakers = new(catalogue);
        _readings = new(Breakers, time);
        _meter = new(Name, typeof(BreakerMeter).Assembly.GetName().Version?.ToString(3));
        if (begin)
        {
            Begin();
        }
    }

    /// <summary>Gets the process-wide meter, which is created when it is first asked for. Listeners use it unless given another.</summary>
    public static BreakerMeter Default => Shared.Meter;

    /// <summary>The breakers and the families that are read from them.</summary>
    public BreakerMetrics Breakers { get; }

    internal Meter Instruments => _meter;

    /// <summary>Whether there is a histogram of calls, or will be when the instruments are created.</summary>
    internal bool HasDurations =>
        Breakers.DurationBuckets is not null
        && Breakers.Families.Any(family => family is { Type: MetricType.Histogram, IsPerCircuit: true });

    /// <summary>The histogram of calls; <see langword="null"/> where the catalogue has none, and before the instruments are created.</summary>
    internal Histogram<double>? Durations { get; private set; }

    /// <summary>Adds a family of your own. The same one again, or one of the same name, type and labels, changes nothing.</summary>
    /// <param name="family">A gauge or a counter.</param>
    /// <returns><see langword="true"/> when it was added; <see langword="false"/> when it was there.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="family"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">It is a histogram; or another family has this name, with another type or other labels; or a label is among the constant ones.</exception>
    public bool Add(MetricFamily family)
    {
        Require.NotNull(family);
        if (family.Type == MetricType.Histogram)
        {
            throw new ArgumentException(
                $"{family.Name} is a histogram: a meter records those as they happen. Use {nameof(Meter)}.{nameof(Meter.CreateHistogram)}.",
                nameof(family)
            );
        }

        if (!Breakers.Add(family))
        {
            return false;
        }

        Begin(family);
        return true;
    }

    /// <summary>Creates the instruments. Each of them calls those who listen for new instruments.</summary>
    internal void Begin()
    {
        foreach (var family in Breakers.Families)
        {
            Begin(family);
        }
    }

    /// <summary>Ends the instruments. Those who listen hear no more; breakers go on.</summary>
    public void Dispose() => _meter.Dispose();

    private void Begin(MetricFamily family)
    {
        var place = Interlocked.Increment(ref _begun);
        var unit = family.Unit switch
        {
            "seconds" => "s",
            "bytes" => "By",
            _ => null,
        };
        switch (family.Type)
        {
            case MetricType.Gauge:
                _meter.CreateObservableGauge(family.InstrumentName, () => Observe(family, place), unit, family.Help);
                break;
            case MetricType.Counter:
                _meter.CreateObservableCounter(family.InstrumentName, () => Observe(family, place), unit, family.Help);
                break;
            default:
                Durations =
                    Breakers.DurationBuckets is { } buckets && family.IsPerCircuit ? BeginDurations(family, unit, buckets) : Durations;
                break;
        }
    }

#if NET9_0_OR_GREATER
    private Histogram<double> BeginDurations(MetricFamily family, string? unit, DurationBuckets buckets) =>
        _meter.CreateHistogram(
            family.InstrumentName,
            unit,
            family.Help,
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets.Seconds }
        );
#else
    private Histogram<double> BeginDurations(MetricFamily family, string? unit, DurationBuckets buckets)
    {
        _ = buckets;
        return _meter.CreateHistogram<double>(family.InstrumentName, unit, family.Help);
    }
#endif

    private List<Measurement<double>> Observe(MetricFamily family, int place)
    {
        var reading = _readings.For(place);
        var samples = new MetricSamples();
        var measurements = new List<Measurement<double>>();
        for (var circuit = 0; circuit < reading.CircuitsOf(family); circuit++)
        {
            reading.Read(family, circuit, samples);
            foreach (var sample in samples.All)
            {
                measurements.Add(new(sample.Value, Tags(family, family.IsPerCircuit ? reading.Circuits[circuit] : null, sample.Labels)));
            }
        }

        return measurements;
    }

    /// <summary>The labels of a sample as tags: the circuit's name, its own, the constant ones.</summary>
    internal KeyValuePair<string, object?>[] Tags(MetricFamily family, string? circuit, MetricLabels labels)
    {
        var tags = new List<KeyValuePair<string, object?>>(2 + family.Labels.Count + Breakers.ConstantLabels.Count);
        if (circuit is not null)
        {
            tags.Add(new(Breakers.LabelName(MetricNames.CircuitName), circuit));
        }

        for (var i = 0; i < family.Labels.Count; i++)
        {
            tags.Add(new(family.IsPerCircuit ? Breakers.LabelName(family.Labels[i]) : family.Labels[i], labels[i]));
        }

        tags.AddRange(Breakers.ConstantLabels.Select(label => new KeyValuePair<string, object?>(label.Key, label.Value)));
        return [.. tags];
    }
}
