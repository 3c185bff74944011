using System.Diagnostics.CodeAnalysis;
using Fluxgate;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Provides an extension method that maps the metrics of circuit breakers to an endpoint.</summary>
public static class FluxgateMetricsEndpointRouteBuilderExtensions
{
    /// <summary>Adds an endpoint that responds to <c>GET</c> and <c>HEAD</c> with the page that Prometheus scrapes.</summary>
    /// <remarks>
    /// The format is OpenMetrics if the client prefers it and text otherwise, compressed with gzip if the client accepts it. At most two pages are
    /// rendered at a time; concurrent requests share them, and receive <c>503</c> if a callback hangs; see
    /// <see cref="PrometheusMetrics.RenderAsync"/>. The page contains the names and states of dependencies: if the application is public, add
    /// <c>.RequireHost("*:9464")</c> or <c>.RequireAuthorization()</c>. The endpoint is excluded from OpenAPI descriptions.
    /// </remarks>
    /// <param name="endpoints">The application or a route group.</param>
    /// <param name="pattern">The route pattern.</param>
    /// <param name="metrics">The metrics. The default is <see cref="PrometheusMetrics.Default"/>.</param>
    /// <returns>A builder for the conventions of the endpoint.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/> or <paramref name="pattern"/> is <see langword="null"/>.</exception>
    /// <example>
    /// <code>
    /// var app = builder.Build();
    /// app.MapFluxgateMetrics("/metrics");
    /// </code>
    /// </example>
    public static IEndpointConventionBuilder MapFluxgateMetrics(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern = "/metrics",
        PrometheusMetrics? metrics = null
    )
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var endpoint = new MetricsEndpoint(metrics ?? PrometheusMetrics.Default);
        return endpoints
            .MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], endpoint.HandleAsync)
            .WithDisplayName("Fluxgate metrics")
            .ExcludeFromDescription();
    }
}
