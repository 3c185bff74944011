namespace Fluxgate;

/// <summary>The reading of one name: one snapshot per breaker or group, regardless of the number of families. References them until the snapshots are taken.</summary>
/// <param name="name">The name of the circuit or the group.</param>
/// <param name="tracked">The newest source that is alive. Errors of families are reported to it.</param>
/// <param name="newest">The same source.</param>
/// <param name="others">The other sources of the name that can be read. Usually there are none.</param>
/// <param name="keys">Selects the keys of a group that have series.</param>
/// <param name="inherited">The counts of sources that have been collected, if there are any.</param>
/// <param name="signals">The counted signals, by the families that count them.</param>
internal sealed class CircuitReading(
    string name,
    TrackedSource tracked,
    object newest,
    object[] others,
    KeySelection keys,
    IReadOnlyDictionary<MetricFamily, MetricSamples>? inherited,
    IReadOnlyDictionary<MetricFamily, long>? signals
)
{
    private (object Newest, object[] Others) _unread = (newest, others);
    private SourceReading? _newest;
    private SourceReading[] _others = [];
    private SourceReading? _newestGroup;

    public string Name => name;

    public bool HasGroup => _newestGroup is not null;

    /// <summary>Takes the snapshots. This runs user code, so never call it under a lock.</summary>
    public void TakeSnapshots()
    {
        var (newest, others) = _unread;
        // Only the newest group of the name has series of its keys.
        var newestGroup = newest is BreakerGroup ? newest : Array.FindLast(others, static other => other is BreakerGroup);
        _newest = SourceReading.Of(newest, newest == newestGroup ? keys : null);
        _others = Array.ConvertAll(others, other => SourceReading.Of(other, other == newestGroup ? keys : null));
        _newestGroup = _newest.Group is not null ? _newest : Array.FindLast(_others, static other => other.Group is not null);
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
            var breaker = tracked.Source is BreakerGroup group ? group.Shared : tracked.Source as FluxgateBreaker;
            breaker?.Machine.UserCode.ReportError(UserErrorSource.Metric, error);
        }
    }

    private void ReadAll(MetricFamily family, MetricSamples samples)
    {
        if (family.CountsSignal is not null)
        {
            samples.Add(signals?.GetValueOrDefault(family) ?? 0);
            return;
        }

        if (family.Type == MetricType.Gauge)
        {
            family.Read((family.IsOfGroups ? _newestGroup : null) ?? _newest!, samples);
            return;
        }

        family.Read(_newest!, samples);

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
