namespace Fluxgate;

/// <summary>All that writers write, read at one moment: one snapshot per breaker, whatever the number of families. Holds no breaker.</summary>
/// <remarks>For writers. Not thread-safe.</remarks>
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

    internal MetricsReading(BreakerMetrics metrics, IReadOnlyList<MetricFamily> families, CircuitReading[] circuits)
    {
        _metrics = metrics;
        _circuits = circuits;
        Families = families;
        Circuits = Array.AsReadOnly(Array.ConvertAll(circuits, circuit => circuit.Name));
    }

    /// <summary>The families, in the order in which they are shown.</summary>
    public IReadOnlyList<MetricFamily> Families { get; }

    /// <summary>The names of the circuits, in ordinal order, each once; lone surrogates are replaced, since nothing can encode them.</summary>
    public IReadOnlyList<string> Circuits { get; }

    /// <summary>How many times a family is to be read: once per circuit, or once where it is the process's own.</summary>
    /// <param name="family">One of <see cref="Families"/>.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="family"/> is <see langword="null"/>.</exception>
    public int CircuitsOf(MetricFamily family) => Require.NotNull(family).IsPerCircuit ? _circuits.Length : 1;

    /// <summary>Reads the samples of one family for one circuit. Never throws because of a family's own code.</summary>
    /// <param name="family">One of <see cref="Families"/>.</param>
    /// <param name="circuit">The index of the circuit in <see cref="Circuits"/>; without meaning where the family is the process's own.</param>
    /// <param name="samples">Takes the samples; what was in it is gone.</param>
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
