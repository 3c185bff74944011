using System.Diagnostics.CodeAnalysis;
using Fluxgate;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Provides an extension method that maps the dashboard of circuit breakers.</summary>
public static class FluxgateDashboardEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Adds a live page that shows all breakers and groups of the container, and a JSON API below <c>api/</c> for the same. With
    /// <see cref="FluxgateDashboardOptions.ControlPolicy"/>, users who satisfy that policy can control circuits; each action needs a reason and is logged.
    /// </summary>
    /// <remarks>
    /// The options must say who may see the page. Without viewers, nothing runs. The breakers are those of <c>AddFluxgate()</c>. The page works behind a
    /// path base and a proxy. If the container has a fleet (<c>AddFluxgateFleet</c>), the page and the API also show and control it, by the same policies.
    /// </remarks>
    /// <param name="endpoints">The application or a route group.</param>
    /// <param name="pattern">The route pattern.</param>
    /// <param name="configure">Sets the options. Without it, the method throws: the options must say who may see the page.</param>
    /// <returns>A builder for the conventions of all endpoints.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/> or <paramref name="pattern"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The options do not say who may see the page, a policy does not exist, or <c>AddFluxgate()</c> was not called.</exception>
    /// <example>
    /// <code>
    /// var app = builder.Build();
    /// app.MapFluxgateDashboard("/circuits", options =>
    /// {
    ///     options.Policy = "staff";
    ///     options.ControlPolicy = "operators";
    /// });
    /// </code>
    /// </example>
    public static IEndpointConventionBuilder MapFluxgateDashboard(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern,
        Action<FluxgateDashboardOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var options = new FluxgateDashboardOptions();
        configure?.Invoke(options);
        DashboardAccess.Check(options, endpoints.ServiceProvider);
        return DashboardEndpoints.Map(endpoints, pattern, options);
    }
}
