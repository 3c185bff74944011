using System.Diagnostics.Metrics;

namespace Fluxgate;

/// <summary>A .NET <see cref="Meter"/> with the metrics of breakers that have a <see cref="MeteringListener"/>, for OpenTelemetry and dotnet-counters.</summary>
/// <remarks>
/// <para>
/// Thread-safe. Every family of the catalog is an observable instrument, which is read when metrics are collected. The usual translation of an
/// instrument's name gives the family's name: <c>circuit_breaker.requests</c> becomes <c>circuit_breaker_requests_total</c>. The
/// histogram <c>circuit_breaker.request.duration</c>, in <c>s</c>, records the durations of calls when they settle, and only while it has
/// listeners. On .NET 9 and later it advises its buckets; on .NET 8 a view must set them.
/// </para>
/// <para>
/// The instruments of one collection share one reading, so their numbers are consistent. Custom histograms are not supported: use .NET's
/// <see cref="Histogram{T}"/> for them.
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

    /// <summary>Creates a separate meter with the same name as <see cref="Default"/>. Dispose it to remove its instruments.</summary>
    /// <param name="catalog">The families and labels to export, which are copied; by default, all families.</param>
    /// <exception cref="ArgumentException">The catalog has a label that is invalid in Prometheus, or gives a family two labels of one name. The message names them.</exception>
    public BreakerMeter(MetricCatalog? catalog = null)
        : this(catalog, TimeProvider.System) { }

    internal BreakerMeter(MetricCatalog? catalog, TimeProvider time, bool begin = true)
    {
        Breakers = new(catalog);
        _readings = new(Breakers, time);
        _meter = new(Name, typeof(BreakerMeter).Assembly.GetName().Version?.ToString(3));
        if (begin)
        {
            Begin();
        }
    }

    /// <summary>Gets the process-wide meter, which is created on first use. Listeners use it by default.</summary>
    public static BreakerMeter Default => Shared.Meter;

    /// <summary>Gets the metrics of the breakers.</summary>
    public BreakerMetrics Breakers { get; }

    internal Meter Instruments => _meter;

    /// <summary>Gets whether there is a histogram of call durations, now or after the instruments have been created.</summary>
    internal bool HasDurations =>
        Breakers.DurationBuckets is not null
        && Breakers.Families.Any(family => family is { Type: MetricType.Histogram, IsPerCircuit: true });

    /// <summary>Gets the histogram of call durations; <see langword="null"/> if the catalog has none, and before the instruments are created.</summary>
    internal Histogram<double>? Durations { get; private set; }

    /// <summary>Adds a custom family. If a family of the same name, type and labels exists already, this is a no-op.</summary>
    /// <param name="family">A gauge or a counter.</param>
    /// <returns><see langword="true"/> if the family was added; <see langword="false"/> if it existed already.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="family"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The family is a histogram, another family has this name with another type or other labels, or a label is also a constant label.</exception>
    public bool Add(MetricFamily family)
    {
        Require.NotNull(family);
        if (family.Type == MetricType.Histogram)
        {
            throw new ArgumentException(
                $"{family.Name} is a histogram, which cannot be observed. Use {nameof(Meter)}.{nameof(Meter.CreateHistogram)} instead.",
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

    /// <summary>Creates the instruments. Each one calls the listeners for new instruments.</summary>
    internal void Begin()
    {
        foreach (var family in Breakers.Families)
        {
            Begin(family);
        }
    }

    /// <summary>Removes the instruments. Breakers are not affected.</summary>
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

    /// <summary>Returns the tags of a sample: the circuit's name, the family's own labels, and the constant labels.</summary>
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
