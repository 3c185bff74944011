using System.Text;

namespace Fluxgate;

/// <summary>The request line and the headers of an HTTP/1.1 request (RFC 9112).</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path of the target, without its query.</param>
/// <param name="Host">The host of the request, which is empty if HTTP/1.0 names none.</param>
/// <param name="IsLast">Whether the connection is closed after the response.</param>
/// <param name="Headers">The headers. Several headers of one name are joined by commas.</param>
internal sealed record RequestHead(string Method, string Path, string Host, bool IsLast, IReadOnlyDictionary<string, string> Headers)
{
    public bool IsHead => Method is "HEAD";

    /// <summary>Parses a head.</summary>
    /// <param name="bytes">The bytes up to and including the empty line.</param>
    /// <returns>The head, or <see langword="null"/> if it is invalid.</returns>
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

        // A request to a proxy contains an absolute URI, which takes precedence over the header.
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

            // A space in a name may be request smuggling; a line that begins with one is obsolete folding.
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAny(' ', '\t'))
            {
                return null;
            }

            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            headers[name] = headers.TryGetValue(name, out var before) ? $"{before}, {value}" : value;
        }

        return headers;
    }

    /// <summary>Returns whether the connection must be closed. A body is not read, and would be parsed as the next request.</summary>
    private static bool IsLastOf(Dictionary<string, string> headers) =>
        headers.ContainsKey("Transfer-Encoding")
        || headers.GetValueOrDefault("Content-Length", "0") != "0"
        || headers.GetValueOrDefault("Connection", "").Contains("close", StringComparison.OrdinalIgnoreCase);
}
