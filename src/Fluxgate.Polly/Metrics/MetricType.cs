namespace Fluxgate;

/// <summary>What a family's numbers are, and so how breakers of one name share them.</summary>
public enum MetricType
{
    /// <summary>A number that goes up and down: the newest breaker's.</summary>
    Gauge = 0,

    /// <summary>A number that only grows: the sum over all breakers.</summary>
    Counter = 1,

    /// <summary>Durations counted in buckets: the sum over all breakers.</summary>
    Histogram = 2,
}
