namespace Fluxgate;

/// <summary>The times and values of all scrapes of each counter.</summary>
internal sealed class KitScrapes
{
    /// <summary>The ends of the names of counters in Prometheus: a histogram is three families of counters.</summary>
    public static readonly string[] Counters = ["_total", "_bucket", "_sum", "_count"];

    private readonly Dictionary<string, (double Time, double Value)[]> _scrapes;

    private KitScrapes(Dictionary<string, (double Time, double Value)[]> scrapes) => _scrapes = scrapes;

    /// <summary>Reads all scrapes up to a time.</summary>
    public static async Task<KitScrapes> UntilAsync(KitApi prometheus, double time) =>
        new(
            (await prometheus.RangesAsync("{__name__=~\"circuit_breaker_.*_(total|bucket|sum|count)\"}[1h]", time)).ToDictionary(
                series => Key(series.Labels["__name__"], new(series.Labels, 0)),
                series => series.Points,
                StringComparer.Ordinal
            )
        );

    /// <summary>Returns the scrapes of one series.</summary>
    public IReadOnlyList<(double Time, double Value)> Of(string family, KitSample series) =>
        _scrapes.GetValueOrDefault(Key(family, series), []);

    private static string Key(string family, KitSample series) => $"{family} {series.Key}";
}
