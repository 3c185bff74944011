namespace Fluxgate;

/// <summary>
/// A moment after the outage, at which every series must equal the counts of the processes. Rates are calculated from these counts too:
/// only the times of the scrapes are used, and the first value of a range.
/// </summary>
internal sealed record KitMoment(double Time, IReadOnlyList<KitTarget> Targets, KitScrapes Scrapes)
{
    private const string Prefix = "circuit_breaker_";

    /// <summary>The number of intervals within which Prometheus extrapolates to an end of the range.</summary>
    private const double Near = 1.1;

    /// <summary>When the rules were last evaluated: recorded series are as of then.</summary>
    public required double Evaluated { get; init; }

    /// <summary>Whether a scrape was in progress when the rules were evaluated, and so is missing in all that they recorded.</summary>
    public bool ScrapeWasUnderWay { get; init; }

    /// <summary>Whether rates extrapolate back by half an interval at most where a counter did not start at 0, as from Prometheus 3 on.</summary>
    public bool ReachesBackLess { get; init; }

    /// <summary>The cases that a test cannot distinguish: the result of Prometheus must match one of them.</summary>
    public IEnumerable<KitMoment> Cases =>
        from underWay in (bool[])[false, true]
        from less in (bool[])[false, true]
        select this with
        {
            ScrapeWasUnderWay = underWay,
            ReachesBackLess = less,
        };

    /// <summary>The moment of the last evaluation of the rules.</summary>
    public KitMoment Recorded => this with { Time = Evaluated, Missing = ScrapeWasUnderWay ? 1 : 0 };

    private int Missing { get; init; }

    /// <summary>Returns all series of a family, which is named without its <c>circuit_breaker_</c>.</summary>
    public KitVector this[string family] => new(Targets.SelectMany(target => target.Of(Prefix + family)));

    /// <summary>Returns the moment with only the selected job and circuit.</summary>
    public KitMoment Choose(string job, string circuit) =>
        this with
        {
            Targets = [.. Targets.Where(target => target.Job == job).Select(target => target.Only(circuit))],
        };

    public KitVector Increase(string family, int minutes) => new(Rises(family, 60 * minutes));

    public KitVector Rate(string family, int minutes) => Increase(family, minutes) * (1.0 / (60 * minutes));

    private IEnumerable<KitSample> Rises(string family, int seconds)
    {
        foreach (var series in this[family])
        {
            var points = Scrapes
                .Of(Prefix + family, series)
                .Where(point => Between(Time - seconds, point.Time) >= 0 && Between(point.Time, Time) >= 0)
                .SkipLast(Missing)
                .ToArray();
            if (points.Length >= 2)
            {
                yield return series with
                {
                    Value = Rise(points, series.Value, Time - seconds),
                };
            }
        }
    }

    /// <summary>Extrapolates as Prometheus does: to a near end of the range, and back no further than where the counter was 0.</summary>
    private double Rise((double Time, double Value)[] points, double counted, double start)
    {
        var rise = counted - points[0].Value;
        var (before, sampled, after) = (
            Between(start, points[0].Time),
            Between(points[0].Time, points[^1].Time),
            Between(points[^1].Time, Time)
        );
        var interval = sampled / (points.Length - 1);
        before = ReachesBackLess && before >= Near * interval ? interval / 2 : before;
        before = rise > 0 ? Math.Min(before, sampled * points[0].Value / rise) : before;
        before = before < Near * interval ? before : interval / 2;
        after = after < Near * interval ? after : interval / 2;
        return rise * (sampled + before + after) / sampled;
    }

    /// <summary>Returns seconds, which Prometheus rounds to thousandths.</summary>
    private static double Between(double from, double to) => Math.Round((to - from) * 1000) / 1000;
}
