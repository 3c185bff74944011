namespace Fluxgate;

/// <summary>Provides the authority of a request as the key of handlers with one pipeline for each server.</summary>
public static class HttpAuthority
{
    /// <summary>The key of the pipeline that all servers beyond the limit of a handler share.</summary>
    public const string Others = "others";

    /// <summary>Returns scheme, host and port: <c>https://payments.example:8443</c>, without the default port of the scheme, user name and password.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The authority, or <see cref="Others"/> if the request has no absolute URI.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="request"/> is <see langword="null"/>.</exception>
    public static string Of(HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.RequestUri is { IsAbsoluteUri: true } address
            ? address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)
            : Others;
    }
}
