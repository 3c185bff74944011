namespace Fluxgate;

/// <summary>The type of a metric family, which also determines how breakers of one name share a series.</summary>
public enum MetricType
{
    /// <summary>A number that can go up and down. Breakers of one name show the number of the newest breaker.</summary>
    Gauge = 0,

    /// <summary>A number that only grows. Breakers of one name show the sum over all of them.</summary>
    Counter = 1,

    /// <summary>Durations counted in buckets. Breakers of one name show the sum over all of them.</summary>
    Histogram = 2,
}
