using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>
/// Refuses actions that a page of another origin makes a browser send, with the cookies or the client certificate of its user.
/// </summary>
/// <remarks>
/// Two checks. The first needs no configuration: every browser says with each <c>POST</c> where it comes from. The second validates ASP.NET Core's
/// antiforgery token where the application has that service. A request that no browser sent, or that authenticates by a bearer token, which no browser
/// attaches by itself, needs none.
/// </remarks>
internal static class RequestOrigin
{
    private const string SecFetchSite = "Sec-Fetch-Site";

    /// <summary>Returns why a request is refused, or <see langword="null"/> if it is not.</summary>
    public static async Task<string?> ReasonToRefuseAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        var (site, origin) = (headers[SecFetchSite].ToString(), headers.Origin.ToString());
        if (site.Length > 0 ? site != "same-origin" : origin.Length > 0 && !IsOwn(origin, context.Request.Host))
        {
            return "The request comes from a page of another origin.";
        }

        var isOfBrowser = site.Length > 0 || origin.Length > 0 || headers.Cookie.Count > 0;
        var hasBearer = headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);
        return
            isOfBrowser
            && !hasBearer
            && context.RequestServices.GetService<IAntiforgery>() is { } antiforgery
            && !await antiforgery.IsRequestValidAsync(context).ConfigureAwait(false)
            ? "The request has no valid antiforgery token. GET api/session returns one, and the name of its header."
            : null;
    }

    /// <summary>Creates a token for the page; nothing if the application has no antiforgery service.</summary>
    public static (string? Header, string? Token) TokenFor(HttpContext context)
    {
        if (context.RequestServices.GetService<IAntiforgery>() is not { } antiforgery)
        {
            return (null, null);
        }

        var tokens = antiforgery.GetAndStoreTokens(context);
        return (tokens.HeaderName, tokens.HeaderName is null ? null : tokens.RequestToken);
    }

    // The scheme is not compared: behind a proxy that ends TLS, the application may not know it.
    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && string.Equals(
            uri.IsDefaultPort ? uri.Host : uri.Authority,
            WithoutDefaultPort(host, uri.Port),
            StringComparison.OrdinalIgnoreCase
        );

    private static string WithoutDefaultPort(HostString host, int port) =>
        host.Port is { } own && own == port && port is 80 or 443 ? host.Host : host.Value ?? "";
}
