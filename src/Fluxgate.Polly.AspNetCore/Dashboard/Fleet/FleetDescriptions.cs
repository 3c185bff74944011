using System.Net;

namespace Fluxgate;

/// <summary>Describes the endpoints of the fleet for OpenAPI.</summary>
internal static class FleetDescriptions
{
    private const string FromStore = "Comes from the store; all requests within 2 s share one reading.";

    public static ApiDescription Show { get; } =
        new(
            "Returns the fleet as this process knows it",
            "The summary of all live members, the connection of this process, and the directives that it knows. Never waits for the store.",
            () => { },
            null,
            typeof(FleetRow)
        );

    public static ApiDescription Members { get; } =
        new(
            "Lists the members of the fleet",
            $"{FromStore} Each member has its circuits that are not closed, at most 10; id=… returns one member with all of its circuits.",
            (string? id) => { },
            null,
            typeof(FleetMembersRow),
            HttpStatusCode.NotFound,
            HttpStatusCode.ServiceUnavailable
        );

    public static ApiDescription Directives { get; } =
        new(
            "Lists the directives of the fleet",
            $"{FromStore} The oldest is first. Of those that cover a circuit, the newest counts.",
            () => { },
            null,
            typeof(FleetDirectivesRow),
            HttpStatusCode.Conflict,
            HttpStatusCode.ServiceUnavailable
        );

    public static ApiDescription Audit { get; } =
        new(
            "Lists who steered the fleet, when and why",
            $"{FromStore} The newest 100 entries, the newest first.",
            () => { },
            null,
            typeof(FleetAuditRow[]),
            HttpStatusCode.ServiceUnavailable
        );

    public static ApiDescription Preview { get; } =
        new(
            "Returns what an order would touch",
            "Changes nothing. Contains the directives and their revision, for expectedRevision of the order.",
            () => { },
            typeof(FleetOrderRequest),
            typeof(FleetPreviewResponse),
            HttpStatusCode.BadRequest,
            HttpStatusCode.Unauthorized,
            HttpStatusCode.Forbidden,
            HttpStatusCode.Conflict,
            HttpStatusCode.UnsupportedMediaType,
            HttpStatusCode.ServiceUnavailable
        );

    public static ApiDescription Issue { get; } =
        new(
            "Steers circuits of the fleet",
            $"action is one of {string.Join(", ", FleetActions.Names)}. The reason is required. With expectedRevision, 409 says that the directives have changed since.",
            () => { },
            typeof(FleetOrderRequest),
            typeof(FleetOrderResponse),
            HttpStatusCode.BadRequest,
            HttpStatusCode.Unauthorized,
            HttpStatusCode.Forbidden,
            HttpStatusCode.Conflict,
            HttpStatusCode.UnsupportedMediaType,
            HttpStatusCode.ServiceUnavailable
        );
}
