using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Fluxgate;

/// <summary>The requests that read the fleet. What comes from the store is one reading for all requests of some seconds.</summary>
internal sealed class FleetApi(FleetSource source, FleetRequests requests, TimeProvider time)
{
    private readonly SharedReading<MembersReading> _members = new(
        async () => new(await source.View.ReadAsync().ConfigureAwait(false)),
        time
    );
    private readonly SharedReading<FleetDirectivesRow> _directives = new(
        async () => FleetReader.Of(await source.Control.ReadAsync().ConfigureAwait(false)),
        time
    );
    private readonly SharedReading<FleetAuditRow[]> _audit = new(
        async () => [.. (await source.Control.ReadAuditAsync().ConfigureAwait(false)).Select(FleetReader.Of)],
        time
    );

    public Task ShowAsync(HttpContext context) => WriteAsync(context, requests.Known, DashboardJson.Plain.FleetRow);

    public async Task ListMembersAsync(HttpContext context)
    {
        if (await requests.AskAsync(context, _members.GetAsync).ConfigureAwait(false) is not { } reading)
        {
            return;
        }

        if (!context.Request.Query.TryGetValue("id", out var id))
        {
            await ApiResponse.WriteJsonAsync(context, reading.List).ConfigureAwait(false);
        }
        else if (reading.Report.Members.FirstOrDefault(member => member.Id == id) is { } member)
        {
            await WriteAsync(context, FleetReader.Of(member), DashboardJson.Plain.FleetMemberRow).ConfigureAwait(false);
        }
        else
        {
            await ApiResponse
                .WriteProblemAsync(
                    context,
                    HttpStatusCode.NotFound,
                    "Not found",
                    "The fleet has no member with this id. GET api/fleet/members lists all."
                )
                .ConfigureAwait(false);
        }
    }

    public async Task ListDirectivesAsync(HttpContext context)
    {
        if (await requests.AskAsync(context, _directives.GetAsync).ConfigureAwait(false) is { } directives)
        {
            await WriteAsync(context, directives, DashboardJson.Plain.FleetDirectivesRow).ConfigureAwait(false);
        }
    }

    public async Task ListAuditAsync(HttpContext context)
    {
        if (await requests.AskAsync(context, _audit.GetAsync).ConfigureAwait(false) is { } audit)
        {
            await WriteAsync(context, audit, DashboardJson.Plain.FleetAuditRowArray).ConfigureAwait(false);
        }
    }

    /// <summary>Lets the next requests read again, because an order has changed the directives.</summary>
    public void Forget()
    {
        _directives.Forget();
        _audit.Forget();
    }

    internal static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) =>
        ApiResponse.WriteJsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(value, type));

    private sealed class MembersReading(FleetReport report)
    {
        public FleetReport Report => report;

        // Serialized once for all viewers.
        public byte[] List { get; } = JsonSerializer.SerializeToUtf8Bytes(FleetReader.Of(report), DashboardJson.Plain.FleetMembersRow);
    }
}
