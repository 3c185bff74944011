using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>The requests that change the state of a circuit. Each needs the right to, and a reason.</summary>
internal sealed class ControlApi(CircuitSource source, ControlRights rights, ILogger log)
{
    public const int LongestReason = 200;

    private const string NoName = "an unnamed user";

    public async Task ActAsync(HttpContext context)
    {
        if (!await IsAllowedAsync(context).ConfigureAwait(false))
        {
            return;
        }

        var name = context.Request.RouteValues["action"] as string;
        if (CircuitAction.Find(name) is not { } act)
        {
            await ApiResponse
                .WriteProblemAsync(
                    context,
                    HttpStatusCode.NotFound,
                    "Not found",
                    $"The action must be one of {string.Join(", ", CircuitAction.Names)}."
                )
                .ConfigureAwait(false);
            return;
        }

        if (
            await CircuitApi.ReadAddressAsync(context).ConfigureAwait(false) is not { } address
            || await RequestBody.ReadAsync(context, DashboardJson.Plain.ActionRequest).ConfigureAwait(false) is not { } request
        )
        {
            return;
        }

        var reason = request.Reason?.Trim() ?? "";
        if (reason.Length is 0 or > LongestReason || reason.Any(char.IsControl))
        {
            await ApiResponse
                .WriteProblemAsync(
                    context,
                    HttpStatusCode.BadRequest,
                    "A reason is required",
                    $"reason must have 1 to {RuleText.Number(LongestReason)} characters, and no line breaks or other control characters."
                )
                .ConfigureAwait(false);
            return;
        }

        if (!source.TryFind(address, out var breaker))
        {
            await CircuitApi.WriteNotFoundAsync(context, address).ConfigureAwait(false);
            return;
        }

        var user = ControlRights.NameOf(context.User) ?? NoName;

        // The user comes first: no reason can look as if somebody else had given it.
        var changed = act(breaker, $"by {user}: {reason}");
        var circuit = DetailReader.RowOf(source, breaker);
        ControlLog.Controlled(log, user, name!, address.ToString(), OneLine.Of(reason), changed, circuit.State);
        await ApiResponse
            .WriteJsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(new(changed, circuit), DashboardJson.Plain.ActionResponse))
            .ConfigureAwait(false);
    }

    /// <summary>Checks the right of the user and the origin of the request, or responds with an error.</summary>
    private async Task<bool> IsAllowedAsync(HttpContext context)
    {
        if (await rights.EvaluateAsync(context).ConfigureAwait(false) is not { } result)
        {
            await ApiResponse
                .WriteProblemAsync(
                    context,
                    HttpStatusCode.NotFound,
                    "Control is off",
                    "Set ControlPolicy where the dashboard is mapped to turn it on."
                )
                .ConfigureAwait(false);
            return false;
        }

        if (result.Challenged)
        {
            Refuse(context, "not authenticated");
            await rights.ChallengeAsync(context).ConfigureAwait(false);
            return false;
        }

        if (!result.Succeeded)
        {
            Refuse(context, "no right to control circuits");
            await ApiResponse
                .WriteProblemAsync(context, HttpStatusCode.Forbidden, "Forbidden", "You do not have the right to control circuits.")
                .ConfigureAwait(false);
            return false;
        }

        if (await RequestOrigin.ReasonToRefuseAsync(context).ConfigureAwait(false) is { } why)
        {
            Refuse(context, why);
            await ApiResponse.WriteProblemAsync(context, HttpStatusCode.Forbidden, "Refused", why).ConfigureAwait(false);
            return false;
        }

        return true;
    }

    private void Refuse(HttpContext context, string why) =>
        ControlLog.Refused(
            log,
            ControlRights.NameOf(context.User) ?? NoName,
            context.Request.RouteValues["action"] is string name && CircuitAction.Find(name) is not null ? name : "an unknown action",
            CircuitAddress.Of(context.Request.Query)?.ToString() ?? "no circuit",
            why
        );
}
