using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>The requests that change the state of a circuit. Each needs the right to, and a reason.</summary>
internal sealed class ControlApi(CircuitSource source, ControlGuard guard, ILogger log)
{
    public async Task ActAsync(HttpContext context)
    {
        var name = context.Request.RouteValues["action"] as string;
        var act = CircuitAction.Find(name);
        var target = CircuitAddress.Of(context.Request.Query)?.ToString() ?? "no circuit";
        if (!await guard.IsAllowedAsync(context, act is null ? "an unknown action" : name!, target).ConfigureAwait(false))
        {
            return;
        }

        if (act is null)
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
        if (!await ControlGuard.HasReasonAsync(context, reason).ConfigureAwait(false))
        {
            return;
        }

        if (!source.TryFind(address, out var breaker))
        {
            await CircuitApi.WriteNotFoundAsync(context, address).ConfigureAwait(false);
            return;
        }

        var user = ControlGuard.UserOf(context);

        // The user comes first: no reason can look as if somebody else had given it.
        var changed = act(breaker, $"by {user}: {reason}");
        var circuit = DetailReader.RowOf(source, breaker);
        ControlLog.Controlled(log, user, name!, address.ToString(), OneLine.Of(reason), changed, circuit.State);
        await ApiResponse
            .WriteJsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(new(changed, circuit), DashboardJson.Plain.ActionResponse))
            .ConfigureAwait(false);
    }
}
