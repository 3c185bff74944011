using System.Text.Json;
using Fluxgate;
using Microsoft.AspNetCore.Http.HttpResults;

namespace PaymentsApi;

/// <summary>Shows and steers the breakers, for who has the key.</summary>
internal static class ControlEndpoints
{
    private const int LongestReason = 200;

    private static readonly Dictionary<string, Func<FluxgateBreaker, string?, Signal?>> Actions = new(StringComparer.Ordinal)
    {
        ["trip"] = (breaker, reason) => breaker.Trip(reason),
        ["reset"] = (breaker, reason) => breaker.Reset(reason),
        ["probe"] = (breaker, reason) => breaker.Probe(reason),
        ["force-open"] = (breaker, reason) => breaker.ForceOpen(reason),
        ["disable"] = (breaker, reason) => breaker.Disable(reason),
        ["metrics-only"] = (breaker, reason) => breaker.MetricsOnly(reason),
    };

    public static void MapBreakers(this IEndpointRouteBuilder endpoints, string key)
    {
        var group = endpoints.MapGroup("/breakers").AddEndpointFilter(new ControlKey(key));
        group.MapGet("/", (FluxgateBreakers breakers) => ShowAll(breakers));
        group.MapGet("/{name}", (string name, FluxgateBreakers breakers) => Show(breakers, name));
        group.MapPost(
            "/{name}/{action}",
            (string name, string action, string? reason, FluxgateBreakers breakers) => Steer(breakers, name, action, reason)
        );
    }

    private static ContentHttpResult ShowAll(FluxgateBreakers breakers) =>
        Json(
            JsonSerializer.Serialize(
                [.. breakers.Select(breaker => BreakerView.Of(breaker, breakers.RefusedConfiguration(breaker.Name)))],
                BreakersJson.Plain.BreakerViewArray
            )
        );

    private static ContentHttpResult Show(FluxgateBreakers breakers, string name) =>
        breakers.TryGet(name, out var breaker)
            ? Json(JsonSerializer.Serialize(BreakerView.Of(breaker, breakers.RefusedConfiguration(name)), BreakersJson.Plain.BreakerView))
            : Say($"There is no such breaker. There are {string.Join(", ", breakers.Names)}.", StatusCodes.Status404NotFound);

    private static ContentHttpResult Steer(FluxgateBreakers breakers, string name, string action, string? reason)
    {
        if (!Actions.TryGetValue(action, out var steer))
        {
            return Say($"There is no such action. There are {string.Join(", ", Actions.Keys)}.", StatusCodes.Status404NotFound);
        }

        if (reason is not null && (reason.Length > LongestReason || reason.Any(char.IsControl)))
        {
            return Say($"reason must have at most {LongestReason} characters, and no line breaks.", StatusCodes.Status400BadRequest);
        }

        if (breakers.TryGet(name, out var breaker))
        {
            steer(breaker, string.IsNullOrWhiteSpace(reason) ? null : reason);
        }

        return Show(breakers, name);
    }

    private static ContentHttpResult Json(string json) => TypedResults.Text($"{json}\n", "application/json");

    private static ContentHttpResult Say(string words, int status) => TypedResults.Text($"{words}\n", statusCode: status);
}
