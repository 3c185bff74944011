using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>The requests that steer the fleet. The rules are those of the actions on one circuit: the right to, the origin, a reason, an entry in the log.</summary>
internal sealed class FleetControlApi(FleetSource source, FleetRequests requests, FleetApi readings, ControlGuard guard, ILogger log)
{
    private const string Target = "the fleet";

    /// <summary>Returns what an order would touch, and the directives that it would change. Changes nothing.</summary>
    public async Task PreviewAsync(HttpContext context)
    {
        if (await ReadOrderAsync(context, "a preview").ConfigureAwait(false) is not { } order)
        {
            return;
        }

        // The reason is required when the order is issued.
        var (control, valid) = (source.Control, order with { Reason = order.Reason.Length == 0 ? "preview" : order.Reason });
        if (await requests.AskAsync(context, () => ReadAsync(control, valid)).ConfigureAwait(false) is { } response)
        {
            await FleetApi.WriteAsync(context, response, DashboardJson.Plain.FleetPreviewResponse).ConfigureAwait(false);
        }
    }

    public async Task IssueAsync(HttpContext context)
    {
        if (
            await ReadOrderAsync(context, "an order").ConfigureAwait(false) is not { } order
            || !await ControlGuard.HasReasonAsync(context, order.Reason).ConfigureAwait(false)
        )
        {
            return;
        }

        // Not canceled with the request: an order of a client that has disconnected is still issued, and the log must contain it.
        var result = await requests.AskAsync(context, () => source.Control.IssueAsync(order), why => Log(order, why)).ConfigureAwait(false);
        readings.Forget();
        if (result is null)
        {
            return;
        }

        var current = FleetReader.Of(result.Current);
        if (result.Directive is { } directive)
        {
            Log(order, $"directive {RuleText.Number(directive.Revision)}");
            await FleetApi
                .WriteAsync(context, new(FleetReader.Of(directive), current), DashboardJson.Plain.FleetOrderResponse)
                .ConfigureAwait(false);
            return;
        }

        Log(order, "nothing, since the directives had changed");
        await ApiResponse
            .WriteProblemAsync(
                context,
                new FleetProblem(
                    "The directives have changed",
                    (int)HttpStatusCode.Conflict,
                    "Somebody else has changed the directives since you saw them. Nothing was issued.",
                    Known: null,
                    current
                )
            )
            .ConfigureAwait(false);
    }

    private static async Task<FleetPreviewResponse> ReadAsync(IFleetControl control, FleetOrder order)
    {
        // The directives first: an order that names their revision is rejected if they change while the members are counted.
        var directives = await control.ReadAsync().ConfigureAwait(false);
        var preview = await control.PreviewAsync(order).ConfigureAwait(false);
        return new(
            preview.Members,
            preview.Circuits,
            preview.Names,
            preview.LiveMembers,
            preview.OmittedCircuits,
            FleetReader.Of(directives)
        );
    }

    /// <summary>Checks the right of the user and reads the order, or responds with an error.</summary>
    private async Task<FleetOrder?> ReadOrderAsync(HttpContext context, string what)
    {
        if (
            !await guard.IsAllowedAsync(context, what, Target).ConfigureAwait(false)
            || await RequestBody.ReadAsync(context, DashboardJson.Plain.FleetOrderRequest).ConfigureAwait(false) is not { } request
        )
        {
            return null;
        }

        if (FleetActions.Find(request.Action) is { } action)
        {
            return new(action)
            {
                Circuits = request.Circuits?.Trim() ?? "",
                Zone = string.IsNullOrWhiteSpace(request.Zone) ? null : request.Zone.Trim(),
                Percentage = request.Percentage ?? 100,
                Duration = request.DurationSeconds is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, -1, 1e9)) : null,
                Reason = request.Reason?.Trim() ?? "",
                By = ControlGuard.UserOf(context),
                ExpectedRevision = request.ExpectedRevision,
            };
        }

        await ApiResponse
            .WriteProblemAsync(
                context,
                HttpStatusCode.BadRequest,
                "The order is not valid",
                $"action must be one of {string.Join(", ", FleetActions.Names)}."
            )
            .ConfigureAwait(false);
        return null;
    }

    private void Log(FleetOrder order, string result)
    {
        var zone = order.Zone is null ? "" : $" in zone {order.Zone}";
        var share = order.Percentage < 100 ? $" on {RuleText.Number(order.Percentage)}% of the members" : "";
        var until = order.Duration is { } duration ? $" for {RuleText.Duration(duration)}" : "";
        ControlLog.FleetControlled(
            log,
            order.By,
            FleetActions.NameOf(order.Action),
            OneLine.Of($"{order.Circuits}{zone}{share}{until}"),
            OneLine.Of(source.View.Fleet),
            OneLine.Of(order.Reason),
            OneLine.Of(result)
        );
    }
}
