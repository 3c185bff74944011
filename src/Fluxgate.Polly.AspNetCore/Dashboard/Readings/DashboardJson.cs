using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fluxgate;

/// <summary>Serializes all that the dashboard sends and receives, without reflection.</summary>
[JsonSerializable(typeof(CircuitRow))]
[JsonSerializable(typeof(CircuitRow[]))]
[JsonSerializable(typeof(CircuitDetail))]
[JsonSerializable(typeof(CircuitLog))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(ActionRequest))]
[JsonSerializable(typeof(ActionResponse))]
[JsonSerializable(typeof(PreviewRequest))]
[JsonSerializable(typeof(PreviewResponse))]
[JsonSerializable(typeof(SessionResponse))]
[JsonSerializable(typeof(ProblemResponse))]
[JsonSerializable(typeof(FleetRow))]
[JsonSerializable(typeof(FleetMembersRow))]
[JsonSerializable(typeof(FleetMemberRow))]
[JsonSerializable(typeof(FleetDirectivesRow))]
[JsonSerializable(typeof(FleetAuditRow[]))]
[JsonSerializable(typeof(FleetOrderRequest))]
[JsonSerializable(typeof(FleetOrderResponse))]
[JsonSerializable(typeof(FleetPreviewResponse))]
[JsonSerializable(typeof(FleetProblem))]
internal sealed partial class DashboardJson : JsonSerializerContext
{
    /// <summary>
    /// Gets the one instance. Text is not escaped more than JSON requires: responses are never part of a script or of HTML, and their content type
    /// cannot be mistaken.
    /// </summary>
    public static DashboardJson Plain { get; } =
        new(
            new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}

/// <summary>The body of an action.</summary>
internal sealed record ActionRequest(string? Reason);

/// <summary>The result of an action.</summary>
/// <param name="Changed">Whether the action changed the state. Requesting the current state is a no-op.</param>
/// <param name="Circuit">The circuit afterwards.</param>
internal sealed record ActionResponse(bool Changed, CircuitRow Circuit);

/// <summary>The body of a preview.</summary>
internal sealed record PreviewRequest(string? Rule);

/// <summary>What a rule says about the present calls of a circuit.</summary>
internal sealed record PreviewResponse(EvaluationView Evaluation, IReadOnlyList<string> Warnings);

/// <summary>What the page may do for the user.</summary>
internal sealed record SessionResponse(
    string? User,
    bool MayControl,
    string? WhyNot,
    IReadOnlyList<string> Actions,
    IReadOnlyList<string>? FleetActions,
    string? TokenHeader,
    string? Token
);

/// <summary>An error, as RFC 9457 defines it.</summary>
internal sealed record ProblemResponse(string Type, string Title, int Status, string Detail);
