using Microsoft.AspNetCore.Http.HttpResults;

namespace PaymentsApi;

/// <summary>Maps endpoints that break and heal the upstreams. They exist only for this sample.</summary>
internal static class UpstreamEndpoints
{
    private static readonly Dictionary<string, Behavior> Behaviors = new(StringComparer.Ordinal)
    {
        ["fail"] = Behavior.Failing,
        ["hang"] = Behavior.Hanging,
        ["slow"] = Behavior.Slow,
        ["reset"] = Behavior.Resetting,
    };

    public static void MapUpstreams(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(
            "/upstreams/{name}/break",
            (string name, string? how, Upstreams upstreams) => Break(upstreams, name, how ?? "fail")
        );
        endpoints.MapPost(
            "/upstreams/{name}/heal",
            (string name, Upstreams upstreams) => Set(upstreams, name, Behavior.Healthy, "healthy")
        );
    }

    private static ContentHttpResult Break(Upstreams upstreams, string name, string how) =>
        Behaviors.TryGetValue(how, out var behavior)
            ? Set(upstreams, name, behavior, how)
            : TypedResults.Text($"how must be one of {string.Join(", ", Behaviors.Keys)}.\n", statusCode: StatusCodes.Status400BadRequest);

    private static ContentHttpResult Set(Upstreams upstreams, string name, Behavior behavior, string text)
    {
        if (upstreams.Find(name) is not { } upstream)
        {
            return TypedResults.Text("There are two upstreams: cards and fraud.\n", statusCode: StatusCodes.Status404NotFound);
        }

        upstream.Behavior = behavior;
        return TypedResults.Text($"{name}: {text}\n");
    }
}
