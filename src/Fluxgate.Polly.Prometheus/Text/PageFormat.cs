namespace Fluxgate;

/// <summary>Specifies the format of a page of metrics.</summary>
public enum PageFormat
{
    /// <summary>The Prometheus text format 0.0.4, which all clients can read.</summary>
    Text = 0,

    /// <summary>OpenMetrics 1.0, which Prometheus prefers.</summary>
    OpenMetrics = 1,
}
