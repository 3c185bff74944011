using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

public sealed class EndpointResponses
{
    private const string OpenMetrics = "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    [Theory]
    [InlineData(null, "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData(OpenMetrics, "application/openmetrics-text; version=1.0.0; charset=utf-8")]
    [InlineData("application/json;q=nonsense", "text/plain; version=0.0.4; charset=utf-8")]
    public async Task The_page_is_at_metrics_in_the_requested_format(string? accept, string contentType)
    {
        await using var served = await ServedApplication.StartAsync();
        served.Breaker.Trip();

        using var response = await served.AskAsync(accept);
        var page = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(contentType, response.Content.Headers.GetValues("Content-Type").Single());
        Assert.Equal(["Accept", "Accept-Encoding"], response.Headers.Vary);
        Assert.Contains("circuit_breaker_state{circuit_name=\"payments\",state=\"open\"} 1\n", page, StringComparison.Ordinal);
        Assert.Equal(contentType.Contains("openmetrics", StringComparison.Ordinal), page.EndsWith("# EOF\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gzip_is_used_where_it_is_accepted()
    {
        await using var served = await ServedApplication.StartAsync();
        using var plain = await served.AskAsync(acceptEncoding: "gzip;q=0, *");
        using var response = await served.AskAsync(acceptEncoding: "br, gzip;q=0.5");

        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.Equal((await response.Content.ReadAsByteArrayAsync()).Length, response.Content.Headers.ContentLength);
        await using var stream = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var page = new MemoryStream();
        await stream.CopyToAsync(page);
        Assert.Equal(["closed"], Page.Parse(page.ToArray()).CurrentStates("payments"));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(OpenMetrics, "gzip")]
    public async Task HEAD_returns_the_headers_of_GET_without_the_body(string? accept, string? acceptEncoding)
    {
        await using var served = await ServedApplication.StartAsync();
        using var get = await served.AskAsync(accept, acceptEncoding);
        using var head = await served.AskAsync(accept, acceptEncoding, "HEAD");

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal(get.Content.Headers.ContentEncoding, head.Content.Headers.ContentEncoding);
        Assert.Equal((await get.Content.ReadAsByteArrayAsync()).Length, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task Other_methods_are_not_allowed(string method)
    {
        await using var served = await ServedApplication.StartAsync();
        using var response = await served.AskAsync(method: method);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_pattern_is_configurable_also_in_a_route_group()
    {
        await using var served = await ServedApplication.StartAsync(
            (app, metrics) => app.MapGroup("/internal").MapFluxgateMetrics("breakers", metrics)
        );

        Assert.Equal(HttpStatusCode.OK, (await served.AskAsync(path: "/internal/breakers")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await served.AskAsync()).StatusCode);
    }

    [Fact]
    public async Task The_process_wide_page_is_the_default()
    {
        await using var served = await ServedApplication.StartAsync((app, _) => app.MapFluxgateMetrics());
        using var breaker = new FluxgateBreaker("on the default page", new() { Listeners = { new PrometheusListener() } });

        Assert.Equal(["closed"], (await served.ScrapeAsync()).CurrentStates("on the default page"));
    }

    [Fact]
    public async Task The_endpoint_can_be_bound_to_a_host()
    {
        await using var served = await ServedApplication.StartAsync(
            (app, metrics) => app.MapFluxgateMetrics(metrics: metrics).RequireHost("metrics.example")
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Host = "metrics.example";

        Assert.Equal(HttpStatusCode.NotFound, (await served.AskAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await served.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task The_endpoint_can_require_authorization()
    {
        await using var served = await ServedApplication.StartAsync(
            (app, metrics) =>
            {
                app.UseAuthorization();
                app.MapFluxgateMetrics(metrics: metrics).RequireAuthorization("nobody");
            },
            services =>
                services
                    .AddAuthorizationBuilder()
                    .AddPolicy("nobody", policy => policy.RequireAssertion(_ => false))
                    .Services.AddSingleton<IAuthorizationMiddlewareResultHandler, Forbids>()
        );

        Assert.Equal(HttpStatusCode.Forbidden, (await served.AskAsync()).StatusCode);
    }

    [Fact]
    public async Task The_endpoint_is_excluded_from_descriptions_and_named_in_logs()
    {
        EndpointDataSource? endpoints = null;
        await using var served = await ServedApplication.StartAsync(
            (app, metrics) =>
            {
                app.MapFluxgateMetrics(metrics: metrics);
                endpoints = ((IEndpointRouteBuilder)app).DataSources.Single();
            }
        );

        var endpoint = Assert.Single(endpoints!.Endpoints);

        Assert.Equal("Fluxgate metrics", endpoint.DisplayName);
        Assert.True(endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>()?.ExcludeFromDescription);
    }

    [Fact]
    public void Null_arguments_throw()
    {
        Assert.Throws<ArgumentNullException>("endpoints", () => ((IEndpointRouteBuilder)null!).MapFluxgateMetrics());
        using var app = (IDisposable)WebApplication.CreateSlimBuilder().Build();
        Assert.Throws<ArgumentNullException>("pattern", () => ((IEndpointRouteBuilder)app).MapFluxgateMetrics(null!));
    }

    private sealed class Forbids : IAuthorizationMiddlewareResultHandler
    {
        public Task HandleAsync(
            Microsoft.AspNetCore.Http.RequestDelegate next,
            Microsoft.AspNetCore.Http.HttpContext context,
            AuthorizationPolicy policy,
            Microsoft.AspNetCore.Authorization.Policy.PolicyAuthorizationResult authorizeResult
        )
        {
            if (authorizeResult.Succeeded)
            {
                return next(context);
            }

            context.Response.StatusCode = (int)HttpStatusCode.Forbidden;
            return Task.CompletedTask;
        }
    }
}
