using Polly;

namespace Fluxgate;

/// <summary>Key selectors for the breakers of a <see cref="BreakerGroup"/> in the pipelines of HTTP clients.</summary>
/// <example>
/// <code>
/// pipeline.AddFluxgateBreaker(group, HttpKey.Authority);
/// </code>
/// </example>
public static class HttpKey
{
    // The property in which the handlers of Microsoft.Extensions.Http.Resilience pass the request.
    private static readonly ResiliencePropertyKey<HttpRequestMessage?> Request = new("Resilience.Http.RequestMessage");

    /// <summary>Returns the server of the request: scheme, host and port, such as <c>https://payments.example:8443</c>, without the default port of the scheme.</summary>
    /// <param name="context">The context of the call.</param>
    /// <returns>The key; <see langword="null"/> if the context has no request, or the request has no absolute URI.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is <see langword="null"/>.</exception>
    public static string? Authority(ResilienceContext context) =>
        Require.NotNull(context).Properties.GetValue(Request, null)?.RequestUri is { IsAbsoluteUri: true } address
            ? address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)
            : null;
}
