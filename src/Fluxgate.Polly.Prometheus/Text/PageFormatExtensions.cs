namespace Fluxgate;

/// <summary>What HTTP says of the formats.</summary>
public static class PageFormatExtensions
{
    /// <summary>The content type of a page.</summary>
    /// <param name="format">One of the formats.</param>
    /// <returns>The media type with its version and character set.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="format"/> is none.</exception>
    public static string ContentType(this PageFormat format) =>
        format switch
        {
            PageFormat.Text => "text/plain; version=0.0.4; charset=utf-8",
            PageFormat.OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, $"format must be Text or OpenMetrics, but is {format}."),
        };
}
