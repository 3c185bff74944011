using System.Text;

namespace Fluxgate;

/// <summary>The request line and the headers of an HTTP/1.1 request (RFC 9112).</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path of the target, without its query.</param>
/// <param name="Host">The host that the client asks for; empty where HTTP/1.0 names none.</param>
/// <param name="IsLast">Whether the connection ends with the response to this request.</param>
/// <param name="Headers">The headers; several of one name joined by commas.</param>
internal sealed record RequestHead(string Method, string Path, string Host, bool IsLast, IReadOnlyDictionary<string, string> Headers)
{
    public bool IsHead => Method is "HEAD";

    /// <summary>Reads a head.</summary>
    /// <param name="bytes">Everything up to the empty line.</param>
    /// <returns>The head; <see langword="null"/> for what is none.</returns>
    public static RequestHead? Parse(ReadOnlySpan<byte> bytes)
    {
        // Latin-1 reads every byte as one character, so no input is invalid.
        var lines = Encoding.Latin1.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (
            lines.Length == 0
            || lines[0].TrimEnd('\r').Split(' ') is not [{ Length: > 0 } method, { Length: > 0 } target, var version]
            || version is not ("HTTP/1.1" or "HTTP/1.0")
            || ReadHeaders(lines.AsSpan(1)) is not { } headers
        )
        {
            return null;
        }

        // A proxy's client sends the whole address, which then counts and not the header.
        var address = target[0] == '/' || !Uri.TryCreate(target, UriKind.Absolute, out var absolute) ? null : absolute;
        var host = address?.Authority ?? headers.GetValueOrDefault("Host");
        var isOld = version is "HTTP/1.0";
        return host is null && !isOld || host?.Contains(',', StringComparison.Ordinal) == true
            ? null
            : new(method, address?.AbsolutePath ?? target.Split('?')[0], host ?? "", isOld || IsLastOf(headers), headers);
    }

    private static Dictionary<string, string>? ReadHeaders(ReadOnlySpan<string> lines)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (line.TrimEnd('\r').Length == 0)
            {
                continue;
            }

            // A name with a space is an attempt to pass one header for another; a line that begins with one was allowed once.
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAny(' ', '\t'))
            {
                return null;
            }

            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            headers[name] = headers.TryGetValue(name, out var before) ? $"{before}, {value}" : value;
        }

        return headers;
    }

    /// <summary>A body, which nothing here reads, would be taken for the next request.</summary>
    private static bool IsLastOf(Dictionary<string, string> headers) =>
        headers.ContainsKey("Transfer-Encoding")
        || headers.GetValueOrDefault("Content-Length", "0") != "0"
        || headers.GetValueOrDefault("Connection", "").Contains("close", StringComparison.OrdinalIgnoreCase);
}
