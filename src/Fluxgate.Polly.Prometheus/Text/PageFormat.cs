namespace Fluxgate;

/// <summary>How a page of metrics is written.</summary>
public enum PageFormat
{
    /// <summary>The Prometheus text format 0.0.4, which everything reads.</summary>
    Text = 0,

    /// <summary>OpenMetrics 1.0, which Prometheus asks for first.</summary>
    OpenMetrics = 1,
}
