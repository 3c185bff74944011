namespace Fluxgate;

/// <summary>What is said of one name: one snapshot per breaker, whatever the number of families. Holds the breakers until those are taken.</summary>
/// <param name="name">The name.</param>
/// <param name="member">The place of the newest breaker that lives; hears of families that throw.</param>
/// <param name="newest">That breaker.</param>
/// <param name="all">All that can be read, the newest among them; <see langword="null"/> when it is the only one, as it mostly is.</param>
/// <param name="inherited">What those had counted that cannot be read any more, if there were any.</param>
/// <param name="signals">The signals counted for families that count them.</param>
internal sealed class CircuitReading(
    string name,
    Member member,
    FluxgateBreaker newest,
    FluxgateBreaker[]? all,
    IReadOnlyDictionary<MetricFamily, MetricSamples>? inherited,
    IReadOnlyDictionary<MetricFamily, long>? signals
)
{
    private (FluxgateBreaker Newest, FluxgateBreaker[]? All) _living = (newest, all);
    private BreakerSnapshot? _newest;
    private BreakerSnapshot[]? _all;

    public string Name => name;

    /// <summary>Runs parts that users wrote, so never under a lock.</summary>
    public void TakeSnapshots()
    {
        var (newest, all) = _living;
        _all = all is null ? null : Array.ConvertAll(all, static breaker => breaker.Snapshot());
        _newest = _all is null ? newest.Snapshot() : _all[Array.IndexOf(all!, newest)];
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
            member.Breaker?.UserCode.Failed(UserErrorSource.Metric, error);
        }
    }

    private void ReadAll(MetricFamily family, MetricSamples samples)
    {
        if (family.CountsSignal is not null)
        {
            samples.Add(signals?.GetValueOrDefault(family) ?? 0);
            return;
        }

        if (_all is null || family.Type == MetricType.Gauge)
        {
            family.Read(_newest!, samples);
        }
        else
        {
            foreach (var snapshot in _all)
            {
                family.Read(snapshot, samples);
            }
        }

        if (inherited is not null && family.Type != MetricType.Gauge && inherited.TryGetValue(family, out var before))
        {
            samples.Add(before);
        }
    }
}
