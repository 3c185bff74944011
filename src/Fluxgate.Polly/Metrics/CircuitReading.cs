namespace Fluxgate;

/// <summary>The reading of one circuit: one snapshot per breaker, regardless of the number of families. References the breakers until the snapshots are taken.</summary>
/// <param name="name">The name of the circuit.</param>
/// <param name="tracked">The newest breaker that is alive. Errors of families are reported to it.</param>
/// <param name="newest">The same breaker.</param>
/// <param name="others">The other breakers of the name that can be read. Usually there are none.</param>
/// <param name="inherited">The counts of breakers that have been collected, if there are any.</param>
/// <param name="signals">The counted signals, by the families that count them.</param>
internal sealed class CircuitReading(
    string name,
    TrackedBreaker tracked,
    FluxgateBreaker newest,
    FluxgateBreaker[] others,
    IReadOnlyDictionary<MetricFamily, MetricSamples>? inherited,
    IReadOnlyDictionary<MetricFamily, long>? signals
)
{
    private (FluxgateBreaker Newest, FluxgateBreaker[] Others) _unread = (newest, others);
    private BreakerSnapshot? _newest;
    private BreakerSnapshot[] _others = [];

    public string Name => name;

    /// <summary>Takes the snapshots. This runs user code, so never call it under a lock.</summary>
    public void TakeSnapshots()
    {
        var (newest, others) = _unread;
        _newest = newest.Snapshot();
        _others = Array.ConvertAll(others, static breaker => breaker.Snapshot());
        _unread = default;
    }

    /// <summary>Adds the samples of one family. A family that throws has no samples.</summary>
    public void Read(MetricFamily family, MetricSamples samples)
    {
        try
        {
            ReadAll(family, samples);
        }
        catch (Exception error)
        {
            samples.Clear();
            tracked.Breaker?.Machine.UserCode.Failed(UserErrorSource.Metric, error);
        }
    }

    private void ReadAll(MetricFamily family, MetricSamples samples)
    {
        if (family.CountsSignal is not null)
        {
            samples.Add(signals?.GetValueOrDefault(family) ?? 0);
            return;
        }

        family.Read(_newest!, samples);
        if (family.Type == MetricType.Gauge)
        {
            return;
        }

        var own = samples.All.Length;
        foreach (var other in _others)
        {
            family.Read(other, samples);
        }

        if (inherited?.GetValueOrDefault(family) is { } before)
        {
            samples.Add(before);
        }

        if (family.LabelsAreSettings)
        {
            samples.Cut(own);
        }
    }
}
