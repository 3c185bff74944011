namespace Fluxgate;

/// <summary>Which server a request goes to: the key of handlers that keep one pipeline for each server.</summary>
public static class HttpAuthority
{
    /// <summary>The key under which the servers beyond the limit of a handler share one pipeline.</summary>
    public const string Others = "others";

    /// <summary>Scheme, host and port: <c>https://payments.example:8443</c>, without a port that is the scheme's own, and without user names and passwords.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The authority; <see cref="Others"/> for a request without an absolute address.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="request"/> is <see langword="null"/>.</exception>
    public static string Of(HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.RequestUri is { IsAbsoluteUri: true } address
            ? address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)
            : Others;
    }
}
