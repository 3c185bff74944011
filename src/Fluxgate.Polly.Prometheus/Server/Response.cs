using System.Globalization;
using System.Net;
using System.Text;

namespace Fluxgate;

/// <summary>A response of <see cref="PrometheusServer"/>.</summary>
/// <param name="Status">The status code.</param>
/// <param name="ContentType">The header <c>Content-Type</c>.</param>
/// <param name="Length">The length of the body in bytes.</param>
/// <param name="WriteBody">Writes the body.</param>
/// <param name="Headers">Further headers.</param>
internal sealed record Response(
    HttpStatusCode Status,
    string ContentType,
    long Length,
    Func<Stream, Task> WriteBody,
    params (string Name, string Value)[] Headers
)
{
    /// <summary>Creates a plain-text response.</summary>
    public static Response Of(HttpStatusCode status, string text, params (string Name, string Value)[] headers)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return new(status, "text/plain; charset=utf-8", bytes.Length, output => output.WriteAsync(bytes).AsTask(), headers);
    }

    /// <summary>Returns the status line and the headers.</summary>
    /// <param name="date">The value of the header <c>Date</c>.</param>
    /// <param name="isLast">Whether the connection is closed after this response.</param>
    public byte[] Head(DateTimeOffset date, bool isLast)
    {
        using var standard = new HttpResponseMessage(Status);
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {(int)Status} {standard.ReasonPhrase}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Date: {date:R}\r\nContent-Type: {ContentType}\r\nContent-Length: {Length}\r\n");
        foreach (var (name, value) in Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        head.Append(isLast ? "Connection: close\r\n\r\n" : "\r\n");
        return Encoding.ASCII.GetBytes(head.ToString());
    }
}
