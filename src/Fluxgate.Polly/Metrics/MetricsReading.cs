namespace Fluxgate;

/// <summary>A reading of all metrics at one moment: one snapshot per breaker, regardless of the number of families. It references no breaker.</summary>
/// <remarks>For exporters. Not thread-safe.</remarks>
/// <example>
/// <code>
/// var reading = metrics.Read();
/// var samples = new MetricSamples();
/// foreach (var family in reading.Families)
/// {
///     for (var circuit = 0; circuit &lt; reading.CircuitsOf(family); circuit++)
///     {
///         reading.Read(family, circuit, samples);
///         foreach (var sample in samples.All) { … }
///     }
/// }
/// </code>
/// </example>
public sealed class MetricsReading
{
    private readonly BreakerMetrics _metrics;
    private readonly CircuitReading[] _circuits;
    private readonly bool _hasGroups;

    internal MetricsReading(BreakerMetrics metrics, IReadOnlyList<MetricFamily> families, CircuitReading[] circuits)
    {
        _metrics = metrics;
        _circuits = circuits;
        _hasGroups = Array.Exists(circuits, circuit => circuit.HasGroup);
        Families = families;
        Circuits = Array.AsReadOnly(Array.ConvertAll(circuits, circuit => circuit.Name));
    }

    /// <summary>Gets the families, in the order of the output.</summary>
    public IReadOnlyList<MetricFamily> Families { get; }

    /// <summary>Gets the distinct names of the circuits and groups, in ordinal order. Lone surrogates are replaced, because they cannot be encoded.</summary>
    public IReadOnlyList<string> Circuits { get; }

    /// <summary>Returns how often a family must be read: once per circuit, or once if it is process-wide.</summary>
    /// <param name="family">A family of <see cref="Families"/>.</param>
    /// <returns>The number of readings.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="family"/> is <see langword="null"/>.</exception>
    public int CircuitsOf(MetricFamily family) =>
        !Require.NotNull(family).IsPerCircuit ? 1
        : family.IsOfGroups && !_hasGroups ? 0
        : _circuits.Length;

    /// <summary>Reads the samples of one family for one circuit. When a callback of the family throws, the family has no samples, and the error is reported.</summary>
    /// <param name="family">A family of <see cref="Families"/>.</param>
    /// <param name="circuit">The index of the circuit in <see cref="Circuits"/>; not used if the family is process-wide.</param>
    /// <param name="samples">Receives the samples. Previous samples are removed.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public void Read(MetricFamily family, int circuit, MetricSamples samples)
    {
        Require.NotNull(family);
        Require.NotNull(samples);
        samples.Begin(family, _metrics.DurationBuckets);
        if (family.IsPerCircuit)
        {
            _circuits[circuit].Read(family, samples);
            return;
        }

        try
        {
            family.Read(samples);
        }
        catch (Exception error)
        {
            samples.Clear();
            _metrics.Failed(family, error);
        }
    }
}
