namespace Fluxgate;

/// <summary>What is said of one name: one snapshot per breaker, whatever the number of families. Holds the breakers until those are taken.</summary>
/// <param name="name">The name.</param>
/// <param name="member">The place of the newest breaker that lives; hears of families that throw.</param>
/// <param name="newest">That breaker.</param>
/// <param name="others">The others that can be read; mostly there are none.</param>
/// <param name="inherited">What those had counted that cannot be read any more, if there were any.</param>
/// <param name="signals">The signals counted for families that count them.</param>
internal sealed class CircuitReading(
    string name,
    TrackedBreaker member,
    FluxgateBreaker newest,
    FluxgateBreaker[] others,
    IReadOnlyDictionary<MetricFamily, MetricSamples>? inherited,
    IReadOnlyDictionary<MetricFamily, long>? signals
)
{
    private (FluxgateBreaker Newest, FluxgateBreaker[] Others) _living = (newest, others);
    private BreakerSnapshot? _newest;
    private BreakerSnapshot[] _others = [];

    public string Name => name;

    /// <summary>Runs parts that users wrote, so never under a lock.</summary>
    public void TakeSnapshots()
    {
        var (newest, others) = _living;
        _newest = newest.Snapshot();
        _others = Array.ConvertAll(others, static breaker => breaker.Snapshot());
        _living = default;
    }

    /// <summary>Adds the samples of one family. A family that throws has none.</summary>
    public void Read(MetricFamily family, MetricSamples samples)
    {
        try
        {
            ReadAll(family, samples);
        }
        catch (Exception error)
        {
            samples.Clear();
            member.Breaker?.Machine.UserCode.Failed(UserErrorSource.Metric, error);
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
