using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Fluxgate;

/// <summary>
/// Describes an endpoint for OpenAPI. The handlers read their requests themselves, so that the package needs no reflection; the parameters are
/// therefore those of a method that is never called.
/// </summary>
internal sealed record ApiDescription(
    string Summary,
    string Text,
    Delegate Parameters,
    Type? Body,
    Type Response,
    params HttpStatusCode[] Problems
)
{
    private const string Address = "Name a circuit by name=…, or one of a group by group=… with key=… or shared=true.";

    public static ApiDescription Session { get; } =
        new(
            "Returns the user and their rights",
            "Contains the antiforgery token for actions, if the application uses antiforgery tokens.",
            () => { },
            null,
            typeof(SessionResponse)
        );

    public static ApiDescription List { get; } =
        new(
            "Lists all circuits and groups",
            "Groups contain their circuits in the worst condition.",
            () => { },
            null,
            typeof(CircuitRow[])
        );

    public static ApiDescription Show { get; } =
        new(
            "Returns a circuit or a group",
            $"{Address} group=… alone returns the group.",
            (string? name, string? group, string? key, bool? shared) => { },
            null,
            typeof(CircuitDetail),
            HttpStatusCode.BadRequest,
            HttpStatusCode.NotFound
        );

    public static ApiDescription Preview { get; } =
        new(
            "Evaluates a rule on the present calls of a circuit",
            $"{Address} Changes nothing.",
            (string? name, string? group, string? key, bool? shared) => { },
            typeof(PreviewRequest),
            typeof(PreviewResponse),
            HttpStatusCode.BadRequest,
            HttpStatusCode.NotFound,
            HttpStatusCode.Conflict,
            HttpStatusCode.UnsupportedMediaType
        );

    public static ApiDescription Act { get; } =
        new(
            "Changes the state of a circuit",
            $"{Address} The action is one of {string.Join(", ", CircuitAction.Names)}. The body contains the reason, which is required.",
            (string action, string? name, string? group, string? key, bool? shared) => { },
            typeof(ActionRequest),
            typeof(ActionResponse),
            HttpStatusCode.BadRequest,
            HttpStatusCode.Unauthorized,
            HttpStatusCode.Forbidden,
            HttpStatusCode.NotFound,
            HttpStatusCode.UnsupportedMediaType
        );

    /// <summary>Returns the metadata.</summary>
    public IEnumerable<object> ToMetadata()
    {
        yield return Parameters.Method;
        yield return new ProducesResponseTypeMetadata((int)HttpStatusCode.OK, Response, ["application/json"]);
        foreach (var problem in Problems)
        {
            yield return new ProducesResponseTypeMetadata((int)problem, typeof(ProblemResponse), [ApiResponse.ProblemType]);
        }

        if (Body is not null)
        {
            yield return new AcceptsMetadata(["application/json"], Body);
        }

#if NET9_0_OR_GREATER
        foreach (var parameter in Parameters.Method.GetParameters())
        {
            yield return new Parameter(parameter);
        }
#endif
    }

#if NET9_0_OR_GREATER
    private sealed class Parameter(System.Reflection.ParameterInfo parameter) : IParameterBindingMetadata
    {
        public string Name => parameter.Name ?? "";

        public bool HasTryParse => parameter.ParameterType != typeof(string);

        public bool HasBindAsync => false;

        public System.Reflection.ParameterInfo ParameterInfo => parameter;

        // All but that of a path.
        public bool IsOptional => parameter.Name != "action";
    }
#endif
}

/// <summary>Adds a description to an endpoint.</summary>
internal static class ApiDescriptionExtensions
{
    public static void Describe(this IEndpointConventionBuilder endpoint, ApiDescription description) =>
        endpoint
            .WithMetadata([.. description.ToMetadata()])
            .WithSummary(description.Summary)
            .WithDescription(description.Text)
            .WithTags("Fluxgate");
}
