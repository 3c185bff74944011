using Microsoft.AspNetCore.Http.HttpResults;

namespace PaymentsApi;

/// <summary>Breaks and heals the upstreams: for this sample only, no service of yours has this.</summary>
internal static class UpstreamEndpoints
{
    private static readonly Dictionary<string, Mood> Moods = new(StringComparer.Ordinal)
    {
        ["fail"] = Mood.Failing,
        ["hang"] = Mood.Hanging,
        ["slow"] = Mood.Slow,
        ["reset"] = Mood.Resetting,
    };

    public static void MapUpstreams(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(
            "/upstreams/{name}/break",
            (string name, string? how, Upstreams upstreams) => Break(upstreams, name, how ?? "fail")
        );
        endpoints.MapPost("/upstreams/{name}/heal", (string name, Upstreams upstreams) => Put(upstreams, name, Mood.Healthy, "healthy"));
    }

    private static ContentHttpResult Break(Upstreams upstreams, string name, string how) =>
        Moods.TryGetValue(how, out var mood)
            ? Put(upstreams, name, mood, how)
            : TypedResults.Text($"how must be one of {string.Join(", ", Moods.Keys)}.\n", statusCode: StatusCodes.Status400BadRequest);

    private static ContentHttpResult Put(Upstreams upstreams, string name, Mood mood, string words)
    {
        if (upstreams.Find(name) is not { } upstream)
        {
            return TypedResults.Text("There are two upstreams: cards and fraud.\n", statusCode: StatusCodes.Status404NotFound);
        }

        upstream.Mood = mood;
        return TypedResults.Text($"{name}: {words}\n");
    }
}
