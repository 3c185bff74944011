namespace Fluxgate;

/// <summary>Provides an extension method for <see cref="PageFormat"/>.</summary>
public static class PageFormatExtensions
{
    /// <summary>Returns the value of the header <c>Content-Type</c> for a format.</summary>
    /// <param name="format">The format.</param>
    /// <returns>The media type with its version and character set.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="format"/> is undefined.</exception>
    public static string ContentType(this PageFormat format) =>
        format switch
        {
            PageFormat.Text => "text/plain; version=0.0.4; charset=utf-8",
            PageFormat.OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, $"format must be Text or OpenMetrics, but is {format}."),
        };
}
