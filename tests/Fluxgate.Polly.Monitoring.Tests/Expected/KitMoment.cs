namespace Fluxgate;

/// <summary>
/// A moment after the outage, at which every series must be what the processes counted. Rates are what they counted too: of the scrapes
/// only their times are used, and what the first one of a range found.
/// </summary>
internal sealed record KitMoment(double Time, IReadOnlyList<KitTarget> Targets, KitScrapes Scrapes)
{
    private const string Prefix = "circuit_breaker_";

    /// <summary>How many intervals away a scrape is near.</summary>
    private const double Near = 1.1;

    /// <summary>When the rules were evaluated last: series that they record are as of then.</summary>
    public required double Evaluated { get; init; }

    /// <summary>Whether a scrape was still under way when the rules were evaluated, and so is in nothing that they recorded.</summary>
    public bool ScrapeWasUnderWay { get; init; }

    /// <summary>From Prometheus 3 on, rates reach back by half an interval at most where a counter did not begin at 0.</summary>
    public bool ReachesBackLess { get; init; }

    /// <summary>The cases that a test cannot tell apart: what Prometheus says must be true in one of them.</summary>
    public IEnumerable<KitMoment> Cases =>
        from underWay in (bool[])[false, true]
        from less in (bool[])[false, true]
        select this with
        {
            ScrapeWasUnderWay = underWay,
            ReachesBackLess = less,
        };

    /// <summary>The moment at which rules were evaluated.</summary>
    public KitMoment Recorded => this with { Time = Evaluated, Missing = ScrapeWasUnderWay ? 1 : 0 };

    private int Missing { get; init; }

    /// <summary>All series of a family, which is named without its <c>circuit_breaker_</c>.</summary>
    public KitVector this[string family] =>
        new(
            Targets.SelectMany(target =>
                target.Circuits.SelectMany(circuit =>
                    CountedFamilies.All[Prefix + family](circuit.Value).Select(sample => target.Labelled(sample, circuit.Key))
                )
            )
        );

    /// <summary>The moment as it is seen where a job and a circuit are chosen.</summary>
    public KitMoment Choose(string job, string circuit) =>
        this with
        {
            Targets =
            [
                .. Targets
                    .Where(target => target.Job == job)
                    .Select(target => target with { Circuits = target.Circuits.Where(one => one.Key == circuit).ToDictionary() }),
            ],
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

    /// <summary>As Prometheus does it: to the ends of the range where a scrape is near them, and back to where the counter was 0 at most.</summary>
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

    /// <summary>Seconds, of which Prometheus knows thousandths.</summary>
    private static double Between(double from, double to) => Math.Round((to - from) * 1000) / 1000;
}
