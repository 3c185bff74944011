namespace Fluxgate;

/// <summary>
/// One family of series: its name, what it means, and where its numbers come from when somebody asks — each breaker's snapshot, its signals,
/// or a callback for what is no breaker's. Immutable, thread-safe.
/// </summary>
/// <remarks>
/// Families of a breaker carry the label <c>circuit_name</c> before their own. What a callback throws leaves its family out of that page
/// and hurts nothing else: for a breaker's family it is counted as <see cref="UserErrorSource.Metric"/> and reported, for another one
/// <see cref="MetricCatalogue.OnError"/> hears of it.
/// </remarks>
/// <example>
/// <code>
/// metrics.Add(MetricFamily.Signals("circuit_breaker_open_total", "How often the circuit opened.", signal => signal.NewState == BreakerState.Open));
/// metrics.Add(MetricFamily.Gauge("orders_waiting", "Orders that wait for payment.", () => orders.Count));
/// </code>
/// </example>
public sealed class MetricFamily
{
    private readonly Action<BreakerSnapshot, MetricSamples>? _snapshot;
    private readonly Action<MetricSamples>? _process;

    private MetricFamily(
        MetricType type,
        string name,
        string help,
        IReadOnlyList<string>? labels,
        Action<BreakerSnapshot, MetricSamples>? snapshot = null,
        Func<Signal, bool>? signals = null,
        Action<MetricSamples>? process = null,
        string? instrument = null
    )
    {
        Name = MetricNames.OfFamily(name, type);
        Help = Require.NotNull(help);
        Type = type;
        Labels = MetricNames.OfLabels(labels ?? [], name, isPerCircuit: process is null);
        LabelCount = Labels.Count;
        Unit = MetricNames.UnitOf(name);
        InstrumentName = instrument ?? MetricNames.OfInstrument(name);
        (_snapshot, CountsSignal, _process) = (snapshot, signals, process);
    }

    /// <summary>The name, with its unit and, on counters, <c>_total</c>.</summary>
    public string Name { get; }

    /// <summary>What it means, in a sentence.</summary>
    public string Help { get; }

    /// <summary>What its numbers are.</summary>
    public MetricType Type { get; }

    /// <summary>The unit in the name: <c>seconds</c>, <c>bytes</c>, <c>ratio</c>; <see langword="null"/> where it names none.</summary>
    public string? Unit { get; }

    /// <summary>The names of its own labels, four at most; that of the circuit is not among them.</summary>
    public IReadOnlyList<string> Labels { get; }

    internal int LabelCount { get; }

    /// <summary>Whether it has samples for each circuit; otherwise it is the process's own.</summary>
    public bool IsPerCircuit => _process is null;

    /// <summary>The name that .NET and OpenTelemetry know, without <c>_total</c> and unit: its usual translation is <see cref="Name"/>.</summary>
    internal string InstrumentName { get; }

    internal Func<Signal, bool>? CountsSignal { get; }

    /// <summary>
    /// Whether its labels are settings of the breaker. Then breakers of one name add to the series of the newest one and bring none of their
    /// own, or each reload would leave some behind (trap M6).
    /// </summary>
    internal bool LabelsAreSettings { get; private init; }

    /// <summary>Something about each breaker that goes up and down.</summary>
    /// <param name="name">Letters, digits and underscores.</param>
    /// <param name="help">What it means.</param>
    /// <param name="value">Reads the number from a snapshot; <see langword="null"/> while there is none, which leaves the series out.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">The name is none that Prometheus takes, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Gauge(string name, string help, Func<BreakerSnapshot, double?> value) =>
        new(MetricType.Gauge, name, help, null, One(value));

    /// <summary>Something about each breaker that goes up and down, by labels.</summary>
    /// <param name="name">Letters, digits and underscores.</param>
    /// <param name="help">What it means.</param>
    /// <param name="labels">The names of the labels, four at most.</param>
    /// <param name="read">Reads the numbers from a snapshot.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">A name is none that Prometheus takes, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Gauge(string name, string help, IReadOnlyList<string> labels, Action<BreakerSnapshot, MetricSamples> read) =>
        new(MetricType.Gauge, name, help, Require.NotNull(labels), Require.NotNull(read));

    /// <summary>Something of the process that goes up and down, beside the breakers'.</summary>
    /// <param name="name">Letters, digits and underscores.</param>
    /// <param name="help">What it means.</param>
    /// <param name="value">Asked for the number at each reading, from any thread.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">The name is none that Prometheus takes, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Gauge(string name, string help, Func<double> value) =>
        new(MetricType.Gauge, name, help, null, process: One(value));

    /// <summary>Something of the process that goes up and down, by labels.</summary>
    /// <param name="name">Letters, digits and underscores.</param>
    /// <param name="help">What it means.</param>
    /// <param name="labels">The names of the labels, four at most.</param>
    /// <param name="read">Asked for the numbers at each reading, from any thread.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">A name is none that Prometheus takes, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Gauge(string name, string help, IReadOnlyList<string> labels, Action<MetricSamples> read) =>
        new(MetricType.Gauge, name, help, Require.NotNull(labels), process: Require.NotNull(read));

    /// <summary>Something about each breaker that only grows.</summary>
    /// <param name="name">Letters, digits and underscores, with <c>_total</c> at the end.</param>
    /// <param name="help">What it means.</param>
    /// <param name="value">Reads the number from a snapshot; <see langword="null"/> while there is none, which leaves the series out.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">The name is none that Prometheus takes, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Counter(string name, string help, Func<BreakerSnapshot, double?> value) =>
        new(MetricType.Counter, name, help, null, One(value));

    /// <summary>Something about each breaker that only grows, by labels.</summary>
    /// <param name="name">Letters, digits and underscores, with <c>_total</c> at the end.</param>
    /// <param name="help">What it means.</param>
    /// <param name="labels">The names of the labels, four at most.</param>
    /// <param name="read">Reads the numbers from a snapshot.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">A name is none that Prometheus takes, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Counter(
        string name,
        string help,
        IReadOnlyList<string> labels,
        Action<BreakerSnapshot, MetricSamples> read
    ) => new(MetricType.Counter, name, help, Require.NotNull(labels), Require.NotNull(read));

    /// <summary>Something of the process that only grows, beside the breakers'.</summary>
    /// <param name="name">Letters, digits and underscores, with <c>_total</c> at the end.</param>
    /// <param name="help">What it means.</param>
    /// <param name="value">Asked for the number at each reading, from any thread.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">The name is none that Prometheus takes, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Counter(string name, string help, Func<double> value) =>
        new(MetricType.Counter, name, help, null, process: One(value));

    /// <summary>Something of the process that only grows, by labels.</summary>
    /// <param name="name">Letters, digits and underscores, with <c>_total</c> at the end.</param>
    /// <param name="help">What it means.</param>
    /// <param name="labels">The names of the labels, four at most.</param>
    /// <param name="read">Asked for the numbers at each reading, from any thread.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">A name is none that Prometheus takes, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Counter(string name, string help, IReadOnlyList<string> labels, Action<MetricSamples> read) =>
        new(MetricType.Counter, name, help, Require.NotNull(labels), process: Require.NotNull(read));

    /// <summary>Counts signals of each breaker, from 0 when the breaker appears.</summary>
    /// <param name="name">Letters, digits and underscores, with <c>_total</c> at the end.</param>
    /// <param name="help">What it means.</param>
    /// <param name="counts">Whether a signal counts.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">The name is none that Prometheus takes, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Signals(string name, string help, Func<Signal, bool> counts) =>
        new(MetricType.Counter, name, help, null, signals: Require.NotNull(counts));

    /// <summary>How long things of the process took, beside the breakers' calls.</summary>
    /// <param name="name">Letters, digits and underscores, with <c>_seconds</c> at the end.</param>
    /// <param name="help">What it means.</param>
    /// <param name="durations">What counts them; its buckets are the family's.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">The name is none that Prometheus takes, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Histogram(string name, string help, DurationRecorder durations)
    {
        Require.NotNull(durations);
        return new(MetricType.Histogram, name, help, null, process: samples => samples.Add(durations.Read()));
    }

    /// <summary>How long things of the process took, by labels.</summary>
    /// <param name="name">Letters, digits and underscores, with <c>_seconds</c> at the end.</param>
    /// <param name="help">What it means.</param>
    /// <param name="labels">The names of the labels, four at most.</param>
    /// <param name="read">Asked for the histograms at each reading, from any thread.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">A name is none that Prometheus takes, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Histogram(string name, string help, IReadOnlyList<string> labels, Action<MetricSamples> read) =>
        new(MetricType.Histogram, name, help, Require.NotNull(labels), process: Require.NotNull(read));

    /// <summary>The family's name and type.</summary>
    /// <returns>A short text for logs.</returns>
    public override string ToString() => $"{Name} ({Type})";

    internal static MetricFamily HistogramOfCalls(
        string name,
        string help,
        string[] labels,
        string instrument,
        Action<BreakerSnapshot, MetricSamples> read
    ) => new(MetricType.Histogram, name, help, labels, read, instrument: instrument);

    internal static MetricFamily CounterBySetting(string name, string help, string label, Action<BreakerSnapshot, MetricSamples> read) =>
        new(MetricType.Counter, name, help, [label], read) { LabelsAreSettings = true };

    /// <summary>Adds one breaker's samples to those of its name.</summary>
    internal void Read(BreakerSnapshot snapshot, MetricSamples samples) => _snapshot?.Invoke(snapshot, samples);

    internal void Read(MetricSamples samples) => _process?.Invoke(samples);

    private static Action<BreakerSnapshot, MetricSamples> One(Func<BreakerSnapshot, double?> value)
    {
        Require.NotNull(value);
        return (snapshot, samples) =>
        {
            if (value(snapshot) is { } number)
            {
                samples.Add(number);
            }
        };
    }

    private static Action<MetricSamples> One(Func<double> value)
    {
        Require.NotNull(value);
        return samples => samples.Add(value());
    }
}
