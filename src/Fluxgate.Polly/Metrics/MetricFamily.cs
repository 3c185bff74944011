namespace Fluxgate;

/// <summary>
/// A metric family: its name, its help text and the source of its numbers, which is the snapshot of each breaker, its signals, or a callback
/// of the process. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// Families of breakers have the label <c>circuit_name</c> before their own labels. When a callback throws, its family is omitted from that
/// reading. An error in a family of breakers is counted as <see cref="UserErrorSource.Metric"/> and reported; <see cref="MetricCatalog.OnError"/>
/// receives an error in a process-wide family.
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
    private readonly Action<SourceReading, MetricSamples>? _group;

    private MetricFamily(
        MetricType type,
        string name,
        string help,
        IReadOnlyList<string>? labels,
        Action<BreakerSnapshot, MetricSamples>? snapshot = null,
        Func<Signal, bool>? signals = null,
        Action<MetricSamples>? process = null,
        string? instrument = null,
        Action<SourceReading, MetricSamples>? group = null
    )
    {
        Name = MetricNames.OfFamily(name, type);
        Help = Require.NotNull(help);
        Type = type;
        Labels = MetricNames.OfLabels(labels ?? [], name, isPerCircuit: process is null);
        LabelCount = Labels.Count;
        Unit = MetricNames.UnitOf(name);
        InstrumentName = instrument ?? MetricNames.OfInstrument(name);
        (_snapshot, CountsSignal, _process, _group) = (snapshot, signals, process, group);
    }

    /// <summary>Gets the name, with its unit and, for counters, <c>_total</c>.</summary>
    public string Name { get; }

    /// <summary>Gets the help text, one sentence.</summary>
    public string Help { get; }

    /// <summary>Gets the type.</summary>
    public MetricType Type { get; }

    /// <summary>Gets the unit in the name, such as <c>seconds</c>, <c>bytes</c> or <c>ratio</c>; <see langword="null"/> if the name has no unit.</summary>
    public string? Unit { get; }

    /// <summary>Gets the names of the family's own labels, at most four. The label <c>circuit_name</c> is not included.</summary>
    public IReadOnlyList<string> Labels { get; }

    internal int LabelCount { get; }

    /// <summary>Gets whether the family has samples for each circuit. Otherwise it is process-wide.</summary>
    public bool IsPerCircuit => _process is null;

    /// <summary>Gets the name of the .NET and OpenTelemetry instrument, without <c>_total</c> and unit. Its usual translation is <see cref="Name"/>.</summary>
    internal string InstrumentName { get; }

    internal Func<Signal, bool>? CountsSignal { get; }

    /// <summary>Gets whether only groups have samples.</summary>
    internal bool IsOfGroups => _group is not null;

    /// <summary>Gets whether a group shows the sum of this gauge over its circuits. Of other gauges it shows nothing.</summary>
    internal bool IsSummed { get; private init; }

    /// <summary>
    /// Gets whether the labels are settings of the breaker. The other breakers of a name then add to the series of the newest one and add no series
    /// of their own. Otherwise each reload would leave series behind.
    /// </summary>
    internal bool LabelsAreSettings { get; private init; }

    /// <summary>Creates a gauge of each breaker.</summary>
    /// <param name="name">The name: letters, digits and underscores.</param>
    /// <param name="help">The help text.</param>
    /// <param name="value">Returns the number from a snapshot, or <see langword="null"/> to omit the series.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">The name is invalid in Prometheus, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Gauge(string name, string help, Func<BreakerSnapshot, double?> value) =>
        new(MetricType.Gauge, name, help, null, One(value));

    /// <summary>Creates a gauge of each breaker with labels.</summary>
    /// <param name="name">The name: letters, digits and underscores.</param>
    /// <param name="help">The help text.</param>
    /// <param name="labels">The names of the labels, at most four.</param>
    /// <param name="read">Adds the numbers from a snapshot to the samples.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">A name is invalid in Prometheus, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Gauge(string name, string help, IReadOnlyList<string> labels, Action<BreakerSnapshot, MetricSamples> read) =>
        new(MetricType.Gauge, name, help, Require.NotNull(labels), Require.NotNull(read));

    /// <summary>Creates a process-wide gauge.</summary>
    /// <param name="name">The name: letters, digits and underscores.</param>
    /// <param name="help">The help text.</param>
    /// <param name="value">Returns the number. Called at each reading, from any thread.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">The name is invalid in Prometheus, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Gauge(string name, string help, Func<double> value) =>
        new(MetricType.Gauge, name, help, null, process: One(value));

    /// <summary>Creates a process-wide gauge with labels.</summary>
    /// <param name="name">The name: letters, digits and underscores.</param>
    /// <param name="help">The help text.</param>
    /// <param name="labels">The names of the labels, at most four.</param>
    /// <param name="read">Adds the numbers to the samples. Called at each reading, from any thread.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">A name is invalid in Prometheus, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Gauge(string name, string help, IReadOnlyList<string> labels, Action<MetricSamples> read) =>
        new(MetricType.Gauge, name, help, Require.NotNull(labels), process: Require.NotNull(read));

    /// <summary>Creates a counter of each breaker.</summary>
    /// <param name="name">The name: letters, digits and underscores, with <c>_total</c> at the end.</param>
    /// <param name="help">The help text.</param>
    /// <param name="value">Returns the number from a snapshot, or <see langword="null"/> to omit the series.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">The name is invalid in Prometheus, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Counter(string name, string help, Func<BreakerSnapshot, double?> value) =>
        new(MetricType.Counter, name, help, null, One(value));

    /// <summary>Creates a counter of each breaker with labels.</summary>
    /// <param name="name">The name: letters, digits and underscores, with <c>_total</c> at the end.</param>
    /// <param name="help">The help text.</param>
    /// <param name="labels">The names of the labels, at most four.</param>
    /// <param name="read">Adds the numbers from a snapshot to the samples.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">A name is invalid in Prometheus, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Counter(
        string name,
        string help,
        IReadOnlyList<string> labels,
        Action<BreakerSnapshot, MetricSamples> read
    ) => new(MetricType.Counter, name, help, Require.NotNull(labels), Require.NotNull(read));

    /// <summary>Creates a process-wide counter.</summary>
    /// <param name="name">The name: letters, digits and underscores, with <c>_total</c> at the end.</param>
    /// <param name="help">The help text.</param>
    /// <param name="value">Returns the number. Called at each reading, from any thread.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">The name is invalid in Prometheus, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Counter(string name, string help, Func<double> value) =>
        new(MetricType.Counter, name, help, null, process: One(value));

    /// <summary>Creates a process-wide counter with labels.</summary>
    /// <param name="name">The name: letters, digits and underscores, with <c>_total</c> at the end.</param>
    /// <param name="help">The help text.</param>
    /// <param name="labels">The names of the labels, at most four.</param>
    /// <param name="read">Adds the numbers to the samples. Called at each reading, from any thread.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">A name is invalid in Prometheus, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Counter(string name, string help, IReadOnlyList<string> labels, Action<MetricSamples> read) =>
        new(MetricType.Counter, name, help, Require.NotNull(labels), process: Require.NotNull(read));

    /// <summary>Creates a counter of signals of each breaker. It starts at 0 when the breaker is created.</summary>
    /// <param name="name">The name: letters, digits and underscores, with <c>_total</c> at the end.</param>
    /// <param name="help">The help text.</param>
    /// <param name="counts">Returns whether a signal counts.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">The name is invalid in Prometheus, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Signals(string name, string help, Func<Signal, bool> counts) =>
        new(MetricType.Counter, name, help, null, signals: Require.NotNull(counts));

    /// <summary>Creates a process-wide histogram of durations.</summary>
    /// <param name="name">The name: letters, digits and underscores, with <c>_seconds</c> at the end.</param>
    /// <param name="help">The help text.</param>
    /// <param name="durations">The recorder of the durations, which also determines the buckets.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">The name is invalid in Prometheus, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Histogram(string name, string help, DurationRecorder durations)
    {
        Require.NotNull(durations);
        return new(MetricType.Histogram, name, help, null, process: samples => samples.Add(durations.Read()));
    }

    /// <summary>Creates a process-wide histogram of durations with labels.</summary>
    /// <param name="name">The name: letters, digits and underscores, with <c>_seconds</c> at the end.</param>
    /// <param name="help">The help text.</param>
    /// <param name="labels">The names of the labels, at most four.</param>
    /// <param name="read">Adds the histograms to the samples. Called at each reading, from any thread.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">A name is invalid in Prometheus, or an argument is <see langword="null"/>.</exception>
    public static MetricFamily Histogram(string name, string help, IReadOnlyList<string> labels, Action<MetricSamples> read) =>
        new(MetricType.Histogram, name, help, Require.NotNull(labels), process: Require.NotNull(read));

    /// <summary>Returns the family's name and type.</summary>
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

    internal static MetricFamily SummedGauge(string name, string help, Func<BreakerSnapshot, double?> value) =>
        new(MetricType.Gauge, name, help, null, One(value)) { IsSummed = true };

    internal static MetricFamily SummedGauge(string name, string help, string[] labels, Action<BreakerSnapshot, MetricSamples> read) =>
        new(MetricType.Gauge, name, help, labels, read) { IsSummed = true };

    internal static MetricFamily GroupGauge(string name, string help, string[] labels, Action<SourceReading, MetricSamples> read) =>
        new(MetricType.Gauge, name, help, labels, group: read);

    internal static MetricFamily GroupCounter(string name, string help, string[] labels, Action<SourceReading, MetricSamples> read) =>
        new(MetricType.Counter, name, help, labels, group: read);

    /// <summary>Adds the samples of one breaker or group to those of its name.</summary>
    internal void Read(SourceReading source, MetricSamples samples)
    {
        if (_group is not null)
        {
            if (source.Group is not null)
            {
                _group(source, samples);
            }
        }
        else if (source.Group is null || Type != MetricType.Gauge || IsSummed)
        {
            _snapshot?.Invoke(source.Counts, samples);
        }
    }

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
