using System.Diagnostics.CodeAnalysis;
using Fluxgate;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Shows the metrics of circuit breakers at an address of the application.</summary>
public static class FluxgateMetricsEndpointRouteBuilderExtensions
{
    /// <summary>Adds an endpoint that answers <c>GET</c> and <c>HEAD</c> with the page that Prometheus reads.</summary>
    /// <remarks>
    /// A client gets OpenMetrics where it prefers it and text in all other cases, gzip where it accepts it. However many ask at once, two
    /// pages are rendered at a time and the others share, or get <c>503</c> when a callback hangs; see
    /// <see cref="PrometheusMetrics.RenderAsync"/>. The page tells the names and states of dependencies: where the application is open to the
    /// world, say <c>.RequireHost("*:9464")</c> or <c>.RequireAuthorization()</c>. It stays out of OpenAPI descriptions.
    /// </remarks>
    /// <param name="endpoints">The application, or a group of its routes.</param>
    /// <param name="pattern">The route's pattern.</param>
    /// <param name="metrics">What is shown; <see cref="PrometheusMetrics.Default"/> unless given.</param>
    /// <returns>A builder for what else the endpoint is to have.</returns>
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
            .MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], endpoint.AnswerAsync)
            .WithDisplayName("Fluxgate metrics")
            .ExcludeFromDescription();
    }
}
