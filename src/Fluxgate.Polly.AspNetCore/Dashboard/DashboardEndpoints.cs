using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fluxgate;

/// <summary>Maps the page, its files, the stream of events and the API.</summary>
internal static class DashboardEndpoints
{
    public static RouteGroupBuilder Map(IEndpointRouteBuilder endpoints, string pattern, FluxgateDashboardOptions options)
    {
        var services = endpoints.ServiceProvider;
        var breakers =
            services.GetService<FluxgateBreakers>()
            ?? throw new InvalidOperationException(
                "The dashboard shows the breakers of the container, but there are none: call services.AddFluxgate()."
            );
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var log = new QuietLogger((services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(ControlLog.Category));
        var stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default;
        var source = new CircuitSource(breakers);
        var fleet = FleetSource.Find(services);
        var rights = new ControlRights(options.ControlPolicy);
        var guard = new ControlGuard(rights, log);
        var feed = new DashboardFeed(source, fleet, time, log, options.MaxViewers);
        var stream = new EventStream(feed, source, time, stopping);
        var api = new CircuitApi(source, feed, rights, fleet);
        var control = new ControlApi(source, guard, log);

        var group = endpoints.MapGroup(pattern);
        group.WithDisplayName("Fluxgate dashboard").WithMetadata(new DashboardMetadata(feed));
        RouteGroupBuilder reading = group.MapGroup(""),
            acting = group.MapGroup("");
        if (options.Policy is { } policy)
        {
            group.RequireAuthorization(policy);
        }
        else
        {
            // Not for the actions: metadata of this kind would open them in spite of a policy on the whole application.
            reading.WithMetadata(new AllowAnonymousAttribute());
        }

        reading
            .MapMethods("", [HttpMethods.Get, HttpMethods.Head], ResponseHeaders.Secured(PageFile.HandleIndexAsync))
            .ExcludeFromDescription();
        foreach (var file in PageFile.Assets)
        {
            reading
                .MapMethods(file.Name, [HttpMethods.Get, HttpMethods.Head], ResponseHeaders.Secured(file.HandleAsync))
                .ExcludeFromDescription();
        }

        reading.MapGet("api/events", ResponseHeaders.Secured(stream.HandleAsync)).ExcludeFromDescription();
        reading.MapGet("api/session", ResponseHeaders.Secured(api.ShowSessionAsync)).Describe(ApiDescription.Session);
        reading.MapGet("api/circuits", ResponseHeaders.Secured(api.ListAsync)).Describe(ApiDescription.List);
        reading.MapGet("api/circuit", ResponseHeaders.Secured(api.ShowAsync)).Describe(ApiDescription.Show);
        MapBody(reading, "api/circuit/preview", api.PreviewAsync, ApiDescription.Preview);
        MapBody(acting, "api/circuit/{action}", control.ActAsync, ApiDescription.Act);
        if (fleet is not null)
        {
            MapFleet(reading, acting, fleet, guard, time, log);
        }

        return group;
    }

    private static void MapFleet(
        RouteGroupBuilder reading,
        RouteGroupBuilder acting,
        FleetSource source,
        ControlGuard guard,
        TimeProvider time,
        ILogger log
    )
    {
        var requests = new FleetRequests(source, time);
        var api = new FleetApi(source, requests, time);
        var control = new FleetControlApi(source, requests, api, guard, log);
        reading.MapGet("api/fleet", ResponseHeaders.Secured(api.ShowAsync)).Describe(FleetDescriptions.Show);
        reading.MapGet("api/fleet/members", ResponseHeaders.Secured(api.ListMembersAsync)).Describe(FleetDescriptions.Members);
        reading.MapGet("api/fleet/directives", ResponseHeaders.Secured(api.ListDirectivesAsync)).Describe(FleetDescriptions.Directives);
        reading.MapGet("api/fleet/audit", ResponseHeaders.Secured(api.ListAuditAsync)).Describe(FleetDescriptions.Audit);
        MapBody(acting, "api/fleet/preview", control.PreviewAsync, FleetDescriptions.Preview);
        MapBody(acting, "api/fleet/directives", control.IssueAsync, FleetDescriptions.Issue);
    }

    /// <summary>
    /// Maps a request with a body. The second endpoint handles bodies that are not JSON: the router would refuse them because of the description,
    /// without problem details and before any right is checked.
    /// </summary>
    private static void MapBody(RouteGroupBuilder routes, string pattern, RequestDelegate handle, ApiDescription description)
    {
        routes.MapPost(pattern, ResponseHeaders.Secured(handle)).Describe(description);
        routes.MapPost(pattern, ResponseHeaders.Secured(handle)).ExcludeFromDescription();
    }
}

/// <summary>Lets tests see whether a dashboard runs.</summary>
internal sealed record DashboardMetadata(DashboardFeed Feed);
