using System.Text.Json;
using Fluxgate;
using Microsoft.AspNetCore.Http.HttpResults;

namespace PaymentsApi;

/// <summary>Maps endpoints that show and control the breakers. They require the key.</summary>
internal static class ControlEndpoints
{
    private const int MaxReasonLength = 200;

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
        var group = endpoints.MapGroup("/breakers").AddEndpointFilter(new ControlKeyFilter(key));
        group.MapGet("/", (FluxgateBreakers breakers) => ShowAll(breakers));
        group.MapGet("/{name}", (string name, FluxgateBreakers breakers) => Show(breakers, name));
        group.MapPost(
            "/{name}/{action}",
            (string name, string action, string? reason, FluxgateBreakers breakers) => Control(breakers, name, action, reason)
        );
    }

    private static ContentHttpResult ShowAll(FluxgateBreakers breakers) =>
        Json(
            JsonSerializer.Serialize(
                [.. breakers.Select(breaker => BreakerView.Of(breaker, breakers.GetConfigurationError(breaker.Name)))],
                BreakersJson.Plain.BreakerViewArray
            )
        );

    private static ContentHttpResult Show(FluxgateBreakers breakers, string name) =>
        breakers.TryGet(name, out var breaker)
            ? Json(JsonSerializer.Serialize(BreakerView.Of(breaker, breakers.GetConfigurationError(name)), BreakersJson.Plain.BreakerView))
            : Text($"No breaker has this name. The breakers are {string.Join(", ", breakers.Names)}.", StatusCodes.Status404NotFound);

    private static ContentHttpResult Control(FluxgateBreakers breakers, string name, string action, string? reason)
    {
        if (!Actions.TryGetValue(action, out var control))
        {
            return Text($"No action has this name. The actions are {string.Join(", ", Actions.Keys)}.", StatusCodes.Status404NotFound);
        }

        if (reason is not null && (reason.Length > MaxReasonLength || reason.Any(char.IsControl)))
        {
            return Text($"reason must have at most {MaxReasonLength} characters, and no line breaks.", StatusCodes.Status400BadRequest);
        }

        if (breakers.TryGet(name, out var breaker))
        {
            control(breaker, string.IsNullOrWhiteSpace(reason) ? null : reason);
        }

        return Show(breakers, name);
    }

    private static ContentHttpResult Json(string json) => TypedResults.Text($"{json}\n", "application/json");

    private static ContentHttpResult Text(string text, int status) => TypedResults.Text($"{text}\n", statusCode: status);
}
