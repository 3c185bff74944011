using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Fluxgate;

/// <summary>The requests that read: all circuits, one circuit, the preview of a rule, and what the user may do.</summary>
internal sealed class CircuitApi(CircuitSource source, DashboardFeed feed, ControlRights rights, FleetSource? fleet)
{
    private const int LongestRule = 4000;
    private const int WorstInList = 10;

    public Task ListAsync(HttpContext context) =>
        ApiResponse.WriteJsonAsync(
            context,
            JsonSerializer.SerializeToUtf8Bytes(
                [
                    .. source.Groups.Select(group =>
                        RowReader.Of(group.Snapshot(WorstInList), group.Shared.Warnings.Count, source.ConfigurationErrorOf(group.Name))
                    ),
                    .. source.Breakers.Select(breaker => DetailReader.RowOf(source, breaker)),
                ],
                DashboardJson.Plain.CircuitRowArray
            )
        );

    public async Task ShowAsync(HttpContext context)
    {
        if (await ReadAddressAsync(context).ConfigureAwait(false) is not { } address)
        {
            return;
        }

        if (DetailReader.Read(source, address, feed.TransitionsOf(address)) is not { } detail)
        {
            await WriteNotFoundAsync(context, address).ConfigureAwait(false);
            return;
        }

        await ApiResponse
            .WriteJsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(detail, DashboardJson.Plain.CircuitDetail))
            .ConfigureAwait(false);
    }

    /// <summary>Evaluates a rule on the present calls of a circuit. Changes nothing.</summary>
    public async Task PreviewAsync(HttpContext context)
    {
        if (
            await ReadAddressAsync(context).ConfigureAwait(false) is not { } address
            || await RequestBody.ReadAsync(context, DashboardJson.Plain.PreviewRequest).ConfigureAwait(false) is not { } request
        )
        {
            return;
        }

        if (!source.TryFind(address, out var breaker))
        {
            await WriteNotFoundAsync(context, address).ConfigureAwait(false);
            return;
        }

        if (request.Rule is { Length: > LongestRule })
        {
            await WriteInvalidRuleAsync(context, $"rule must have at most {RuleText.Number(LongestRule)} characters.")
                .ConfigureAwait(false);
            return;
        }

        if (!Tripper.TryParse(request.Rule, out var rule, out var error))
        {
            await WriteInvalidRuleAsync(context, error).ConfigureAwait(false);
            return;
        }

        PreviewResponse response;
        try
        {
            var settings = breaker.CopySettings();
            settings.Tripper = rule;
            response = new(EvaluationView.Of(breaker.Snapshot().Evaluate(rule)), [.. settings.Errors, .. settings.Warnings]);
        }
        catch (Exception failure)
        {
            // A window that a user wrote may throw.
            await ApiResponse
                .WriteProblemAsync(
                    context,
                    HttpStatusCode.Conflict,
                    "The rule could not be evaluated",
                    $"A part of the {address} threw {failure.GetType().Name}."
                )
                .ConfigureAwait(false);
            return;
        }

        await ApiResponse
            .WriteJsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(response, DashboardJson.Plain.PreviewResponse))
            .ConfigureAwait(false);
    }

    /// <summary>Says who the user is, and whether the page offers control. The rights are checked again for each action.</summary>
    public async Task ShowSessionAsync(HttpContext context)
    {
        var result = await rights.EvaluateAsync(context).ConfigureAwait(false);
        var mayControl = result is { Succeeded: true };
        var (header, token) = mayControl ? RequestOrigin.TokenFor(context) : default;
        var whyNot =
            result is null ? "Control is off: ControlPolicy is not set."
            : mayControl ? null
            : "You do not have the right to control circuits.";
        var response = new SessionResponse(
            ControlRights.NameOf(context.User),
            mayControl,
            whyNot,
            CircuitAction.Names,
            fleet is null ? null : FleetActions.Names,
            header,
            token
        );
        await ApiResponse
            .WriteJsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(response, DashboardJson.Plain.SessionResponse))
            .ConfigureAwait(false);
    }

    /// <summary>Reads the address of a request, or responds with an error.</summary>
    internal static async Task<CircuitAddress?> ReadAddressAsync(HttpContext context)
    {
        if (CircuitAddress.Of(context.Request.Query) is { } address)
        {
            return address;
        }

        await ApiResponse
            .WriteProblemAsync(context, HttpStatusCode.BadRequest, "No circuit is named", $"The query must be {CircuitAddress.Form}.")
            .ConfigureAwait(false);
        return null;
    }

    internal static Task WriteNotFoundAsync(HttpContext context, CircuitAddress address) =>
        ApiResponse.WriteProblemAsync(
            context,
            HttpStatusCode.NotFound,
            "Not found",
            address.IsGroup && context.Request.Method == HttpMethods.Post
                ? $"The {address} is not one circuit: add key=… or shared=true."
                : $"There is no {address}. GET api/circuits lists all."
        );

    private static Task WriteInvalidRuleAsync(HttpContext context, string detail) =>
        ApiResponse.WriteProblemAsync(context, HttpStatusCode.BadRequest, "The rule is not valid", detail);
}
