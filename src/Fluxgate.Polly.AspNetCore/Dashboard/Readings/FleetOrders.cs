using System.Text.Json.Serialization;

namespace Fluxgate;

/// <summary>The body of an order to the fleet, and of its preview.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Circuits">A name, or a pattern in which <c>*</c> stands for any text.</param>
/// <param name="Zone">The zone whose members obey; all by default.</param>
/// <param name="Percentage">The share of the members that obey; 100 by default.</param>
/// <param name="DurationSeconds">How long it is in force; until another directive by default.</param>
/// <param name="Reason">Why; required to issue the order.</param>
/// <param name="ExpectedRevision">The revision of the directives that the user saw.</param>
internal sealed record FleetOrderRequest(
    string? Action,
    string? Circuits,
    string? Zone,
    double? Percentage,
    double? DurationSeconds,
    string? Reason,
    long? ExpectedRevision
);

/// <summary>What an order would touch.</summary>
/// <param name="Members">The number of live members that would obey for at least one circuit.</param>
/// <param name="Circuits">The number of circuits, each counted once in each member.</param>
/// <param name="Names">The names of the circuits, at most 100.</param>
/// <param name="LiveMembers">The number of all live members.</param>
/// <param name="OmittedCircuits">The number of circuits that members did not report. The order would touch those that it covers as well.</param>
/// <param name="Current">The directives at the moment of the preview. Pass their revision to issue the order only if they are still the same.</param>
internal sealed record FleetPreviewResponse(
    int Members,
    int Circuits,
    IReadOnlyList<string> Names,
    int LiveMembers,
    long OmittedCircuits,
    FleetDirectivesRow Current
);

/// <summary>An order that was issued.</summary>
internal sealed record FleetOrderResponse(FleetDirectiveRow Directive, FleetDirectivesRow Current);

/// <summary>An error of the fleet, as RFC 9457 defines it.</summary>
/// <param name="Title">What kind of error it is.</param>
/// <param name="Status">The status.</param>
/// <param name="Detail">What is wrong.</param>
/// <param name="Known">The fleet as this process knows it, if the store does not work.</param>
/// <param name="Current">The directives, if somebody else has changed them.</param>
internal sealed record FleetProblem(string Title, int Status, string Detail, FleetRow? Known, FleetDirectivesRow? Current)
{
    [JsonPropertyOrder(-1)]
    public string Type => "about:blank";
}
