using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using static Fluxgate.ResponseJson;

namespace Fluxgate;

/// <summary>Orders to a fleet of three members in one process, in virtual time.</summary>
public sealed class FleetOrders
{
    private const string ForceOpen = """{"action":"force-open","circuits":"payments","durationSeconds":1800,"reason":"maintenance"}""";

    private readonly VirtualTime _time = new();

    [Fact]
    public async Task An_order_is_obeyed_by_all_members_and_says_who_and_why()
    {
        await using var fleet = await StartAsync();

        var issued = await OrderAsync(fleet, ForceOpen);
        await fleet.UntilAllAsync(BreakerState.ForcedOpen);

        var directive = issued.GetProperty("directive");
        Assert.Equal(
            ("force-open", "payments", "operator", "maintenance"),
            (Text(directive, "action"), Text(directive, "circuits"), Text(directive, "by"), Text(directive, "reason"))
        );
        Assert.Equal(
            TimeSpan.FromMinutes(30),
            directive.GetProperty("expiresAt").GetDateTimeOffset() - directive.GetProperty("issuedAt").GetDateTimeOffset()
        );
        Assert.All(
            fleet.Payments,
            breaker => Assert.Contains("by operator: maintenance", breaker.Snapshot().Reason.Text, StringComparison.Ordinal)
        );
        Assert.Equal(
            $"FleetControlled: operator requested force-open of payments for 30m in the fleet shop: maintenance. Issued: directive {directive.GetProperty("revision").GetInt64()}.",
            Assert.Single(fleet.Web.Log.Dashboard)
        );

        await OrderAsync(fleet, """{"action":"release","circuits":"*","reason":"done"}""");
        await fleet.UntilAllAsync(BreakerState.HalfOpen);
    }

    [Fact]
    public async Task The_audit_and_the_directives_show_an_order_at_once()
    {
        await using var fleet = await StartAsync();
        Assert.Equal(0, (await fleet.Web.GetAsync("/api/fleet/audit")).GetArrayLength());
        Assert.Equal(0, (await fleet.Web.GetAsync("/api/fleet/directives")).GetProperty("directives").GetArrayLength());

        var issued = await OrderAsync(fleet, ForceOpen);

        var entry = Assert.Single((await fleet.Web.GetAsync("/api/fleet/audit", "staff")).EnumerateArray());
        Assert.Equal(("operator", "maintenance"), (Text(entry, "by"), Text(entry.GetProperty("directive"), "reason")));
        var directives = await fleet.Web.GetAsync("/api/fleet/directives", "staff");
        Assert.Equal(issued.GetProperty("current").GetProperty("revision").GetInt64(), directives.GetProperty("revision").GetInt64());
        Assert.Equal("force-open", Text(Assert.Single(directives.GetProperty("directives").EnumerateArray()), "action"));
    }

    [Fact]
    public async Task A_dry_run_says_what_an_order_would_touch_and_changes_nothing()
    {
        await using var fleet = await StartAsync();
        var revision = await fleet.IssueAsync(FleetAction.MetricsOnly);
        foreach (var group in fleet.Groups)
        {
            group.GetOrAdd("acme");
        }

        await fleet.UntilAllAsync(BreakerState.MetricsOnly);
        await fleet.UntilAsync(() => fleet.View.Summary?.Circuits.Sum(circuit => circuit.Members) == 9, "all circuits in the summary");

        var preview = await OrderAsync(fleet, """{"action":"force-open","circuits":"*a*","zone":"eu-1b"}""", "preview");

        Assert.Equal((2, 6, 3), (Count(preview, "members"), Count(preview, "circuits"), Count(preview, "liveMembers")));
        Assert.Equal("""["payments","tenants (shared)","tenants/acme"]""", preview.GetProperty("names").GetRawText());
        Assert.Equal(revision, preview.GetProperty("current").GetProperty("revision").GetInt64());
        Assert.Equal("metrics-only", Text(preview.GetProperty("current").GetProperty("directives")[0], "action"));
        Assert.All(fleet.Payments, breaker => Assert.Equal(BreakerState.MetricsOnly, breaker.State));
        Assert.Equal(revision, (await fleet.Control.ReadAsync()).Revision);
        Assert.Empty(fleet.Web.Log.Dashboard);
    }

    [Fact]
    public async Task An_order_can_be_for_a_zone_and_a_share_of_the_members()
    {
        await using var fleet = await StartAsync();

        await OrderAsync(fleet, """{"action":"disable","circuits":"payments","zone":" eu-1b ","percentage":99.5,"reason":"a trial"}""");
        await fleet.UntilAsync(() => fleet.Payments.Skip(1).All(breaker => breaker.State == BreakerState.Disabled), "the zone");

        Assert.Equal(BreakerState.Closed, fleet.Payments.First().State);
        var directive = Assert.Single((await fleet.Control.ReadAsync()).All);
        Assert.Equal(("eu-1b", 99.5, null), (directive.Zone, directive.Percentage, directive.ExpiresAt));
        Assert.Contains(
            "disable of payments in zone eu-1b on 99.5% of the members in the fleet shop",
            Assert.Single(fleet.Web.Log.Dashboard),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_blank_zone_is_all_zones()
    {
        await using var fleet = await StartAsync();

        await OrderAsync(fleet, """{"action":"disable","circuits":"payments","zone":" ","reason":"a trial"}""");
        await fleet.UntilAsync(() => fleet.Payments.All(breaker => breaker.State == BreakerState.Disabled), "all zones");

        Assert.Null(Assert.Single((await fleet.Control.ReadAsync()).All).Zone);
    }

    [Fact]
    public async Task A_rejected_order_returns_the_current_directives()
    {
        await using var fleet = await StartAsync();
        var seen = await OrderAsync(fleet, ForceOpen, "preview");
        Assert.Equal(0, seen.GetProperty("current").GetProperty("revision").GetInt64());
        var revision = await fleet.IssueAsync(FleetAction.Disable, by: "bob");

        using var response = await SendAsync(fleet.Web, ForceOpen.Replace("}", ""","expectedRevision":0}""", StringComparison.Ordinal));

        var problem = await Problem.IsAsync(response, HttpStatusCode.Conflict, "Somebody else");
        var current = problem.GetProperty("current");
        Assert.Equal(revision, current.GetProperty("revision").GetInt64());
        Assert.Equal("bob", Text(Assert.Single(current.GetProperty("directives").EnumerateArray()), "by"));
        Assert.Equal(revision, (await fleet.Control.ReadAsync()).Revision);
        Assert.Contains("Issued: nothing", Assert.Single(fleet.Web.Log.Dashboard), StringComparison.Ordinal);

        await OrderAsync(fleet, ForceOpen.Replace("}", $",\"expectedRevision\":{revision}}}", StringComparison.Ordinal));
        await fleet.UntilAllAsync(BreakerState.ForcedOpen);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t ")]
    [InlineData("two\nlines")]
    public async Task A_reason_is_required(string reason)
    {
        var fleet = new ScriptedFleet();
        await using var application = await DashboardApplication.StartAsync(services: fleet.Register);
        using var response = await SendAsync(application, Order(reason));
        using var missing = await SendAsync(application, """{"action":"force-open","circuits":"payments"}""");
        using var tooLong = await SendAsync(application, Order(new string('x', 201)));

        await Problem.IsAsync(response, HttpStatusCode.BadRequest, "reason");
        await Problem.IsAsync(missing, HttpStatusCode.BadRequest, "reason");
        await Problem.IsAsync(tooLong, HttpStatusCode.BadRequest, "200");
        Assert.Null(fleet.Order);
    }

    [Theory]
    [InlineData("""{"action":"explode","circuits":"payments","reason":"r"}""", "force-open")]
    [InlineData("""{"circuits":"payments","reason":"r"}""", "force-open")]
    [InlineData("""{"action":"force-open","reason":"r"}""", "Circuits")]
    [InlineData("""{"action":"force-open","circuits":" ","reason":"r"}""", "Circuits")]
    [InlineData("""{"action":"force-open","circuits":"payments","percentage":0,"reason":"r"}""", "Percentage")]
    [InlineData("""{"action":"force-open","circuits":"payments","durationSeconds":0.5,"reason":"r"}""", "Duration")]
    [InlineData("""{"action":"force-open","circuits":"payments","durationSeconds":-1e300,"reason":"r"}""", "Duration")]
    [InlineData("""{"action":"force-open","circuits":"payments","durationSeconds":1e300,"reason":"r"}""", "Duration")]
    [InlineData("""{"action":"release","circuits":"payments","durationSeconds":60,"reason":"r"}""", "Duration")]
    [InlineData("""{"action":"force-open","circuits":"payments","expectedRevision":-1,"reason":"r"}""", "ExpectedRevision")]
    [InlineData("""{"action":"force-open","circuits":"payments","reason":5}""", "JSON")]
    [InlineData("{", "JSON")]
    public async Task An_invalid_order_is_a_problem(string json, string word)
    {
        await using var fleet = await StartAsync();
        foreach (var request in new[] { "preview", "directives" })
        {
            using var response = await SendAsync(fleet.Web, json, request);
            await Problem.IsAsync(response, HttpStatusCode.BadRequest, word);
        }

        Assert.Equal(0, (await fleet.Control.ReadAsync()).Revision);
    }

    [Theory]
    [InlineData("preview")]
    [InlineData("directives")]
    public async Task A_body_that_a_form_could_send_or_that_is_long_is_refused(string request)
    {
        var fleet = new ScriptedFleet();
        await using var application = await DashboardApplication.StartAsync(services: fleet.Register);
        using var form = await SendAsync(
            application,
            ForceOpen,
            request,
            change: one => one.Content!.Headers.ContentType = new("text/plain")
        );
        using var untyped = await SendAsync(application, ForceOpen, request, change: one => one.Content!.Headers.ContentType = null);
        using var large = await SendAsync(application, Order(new string('x', 20_000)), request);

        await Problem.IsAsync(form, HttpStatusCode.UnsupportedMediaType, "application/json");
        await Problem.IsAsync(untyped, HttpStatusCode.UnsupportedMediaType, "application/json");
        await Problem.IsAsync(large, HttpStatusCode.RequestEntityTooLarge, "16384");
        Assert.Null(fleet.Order);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("guest", HttpStatusCode.Forbidden)]
    [InlineData("staff", HttpStatusCode.Forbidden)]
    public async Task Control_of_the_fleet_requires_the_control_policy(string? user, HttpStatusCode status)
    {
        foreach (var anonymous in new[] { false, true })
        {
            var fleet = new ScriptedFleet();
            await using var application = await DashboardApplication.StartAsync(
                options =>
                    (options.Policy, options.AllowAnonymous, options.ControlPolicy) = (anonymous ? null : "staff", anonymous, "operators"),
                fleet.Register
            );
            foreach (var request in new[] { "preview", "directives" })
            {
                using var response = await SendAsync(application, ForceOpen, request, user);
                Assert.Equal(status, response.StatusCode);
            }

            Assert.Null(fleet.Order);
            Assert.All(application.Log.Dashboard, line => Assert.StartsWith("CircuitControlRefused", line, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_refusal_is_logged()
    {
        await using var application = await DashboardApplication.StartAsync(services: new ScriptedFleet().Register);
        using var response = await SendAsync(application, ForceOpen, user: "staff");

        await Problem.IsAsync(response, HttpStatusCode.Forbidden, "right");
        Assert.Equal(
            "CircuitControlRefused: staff was refused an order for the fleet: no right to control circuits",
            Assert.Single(application.Log.Dashboard)
        );
    }

    [Fact]
    public async Task Control_of_the_fleet_is_off_unless_a_policy_is_named()
    {
        var fleet = new ScriptedFleet();
        await using var application = await DashboardApplication.StartAsync(options => options.Policy = "staff", fleet.Register);
        using var response = await SendAsync(application, ForceOpen);

        await Problem.IsAsync(response, HttpStatusCode.NotFound, "ControlPolicy");
        Assert.Null(fleet.Order);
    }

    [Fact]
    public async Task No_convention_of_the_application_opens_control_of_the_fleet()
    {
        var fleet = new ScriptedFleet();
        await using var application = await DashboardApplication.StartAsync(
            services: fleet.Register,
            map: app => app.MapGroup("/open").AllowAnonymous().MapFluxgateDashboard("circuits", DashboardApplication.Guarded)
        );
        using var content = new StringContent(ForceOpen, Encoding.UTF8, "application/json");
        using var response = await application.Client.PostAsync("/open/circuits/api/fleet/directives", content);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Null(fleet.Order);
    }

    [Fact]
    public async Task An_order_that_another_origin_caused_is_refused()
    {
        var fleet = new ScriptedFleet();
        await using var application = await DashboardApplication.StartAsync(services: fleet.Register);
        using var response = await SendAsync(
            application,
            ForceOpen,
            change: request => request.Headers.Add("Sec-Fetch-Site", "cross-site")
        );

        await Problem.IsAsync(response, HttpStatusCode.Forbidden, "another origin");
        Assert.Null(fleet.Order);
    }

    [Fact]
    public async Task An_order_to_a_store_that_is_gone_may_have_been_issued()
    {
        await using var fleet = await StartAsync();
        fleet.Store.Before = _ => throw new IOException("the connection is closed");
        using var response = await SendAsync(fleet.Web, ForceOpen);

        var problem = await Problem.IsAsync(response, HttpStatusCode.ServiceUnavailable, "An order may have been issued");
        Assert.Equal("shop", Text(problem.GetProperty("known"), "name"));
        Assert.Contains("the store failed: IOException", Assert.Single(fleet.Web.Log.Dashboard), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_that_never_ends_holds_no_request()
    {
        var fleet = new ScriptedFleet();
        await using var application = await DashboardApplication.StartAsync(services: fleet.Register, time: _time);
        var request = SendAsync(application, ForceOpen);
        await ScrapeWaiting.UntilAsync(() => fleet.Order is not null, "the order");

        using var response = await AdvanceUntilAsync(request);

        await Problem.IsAsync(response, HttpStatusCode.ServiceUnavailable, "TimeoutException");
        Assert.Contains("the store failed: TimeoutException", Assert.Single(application.Log.Dashboard), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_whose_client_left_is_logged()
    {
        var fleet = new ScriptedFleet();
        await using var application = await DashboardApplication.StartAsync(services: fleet.Register);
        var request = SendAsync(application, ForceOpen);
        await ScrapeWaiting.UntilAsync(() => fleet.Order is not null, "the order");

        application.Client.CancelPendingRequests();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await ScrapeWaiting.UntilAsync(() => !application.Log.Dashboard.IsEmpty, "the entry in the log");

        Assert.Equal(
            "FleetControlled: operator requested force-open of payments for 30m in the fleet scripted: maintenance. Issued: unknown, the client left.",
            Assert.Single(application.Log.Dashboard)
        );
    }

    [Fact]
    public async Task A_store_that_refuses_directives_of_this_process_is_forbidden()
    {
        await using var fleet = await StartAsync();
        fleet.Store.DeniesDirectives = true;
        using var response = await SendAsync(fleet.Web, ForceOpen);

        await Problem.IsAsync(response, HttpStatusCode.Forbidden, "NOPERM");
        Assert.Contains("Issued: NOPERM", Assert.Single(fleet.Web.Log.Dashboard), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_directives_are_a_conflict()
    {
        var fleet = new ScriptedFleet { Result = () => throw new InvalidOperationException("Release some.") };
        await using var application = await DashboardApplication.StartAsync(services: fleet.Register);
        using var response = await SendAsync(application, ForceOpen);

        await Problem.IsAsync(response, HttpStatusCode.Conflict, "Release some.");
    }

    [Fact]
    public async Task An_order_cannot_forge_lines_of_the_log()
    {
        var fleet = new ScriptedFleet { Result = () => throw new InvalidOperationException("no") };
        await using var application = await DashboardApplication.StartAsync(services: fleet.Register);
        using var response = await SendAsync(
            application,
            """{"action":"force-open","circuits":"a\u202eb\nroot requested","zone":"z\nz","reason":"by root: fine\u202e"}"""
        );

        var line = Assert.Single(application.Log.Dashboard);
        Assert.Equal("operator", fleet.Order?.By);
        Assert.DoesNotContain('\n', line);
        Assert.DoesNotContain('\u202e', line);
    }

    private async Task<HttpResponseMessage> AdvanceUntilAsync(Task<HttpResponseMessage> request)
    {
        await ScrapeWaiting.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return request.IsCompleted;
            },
            "the response"
        );
        return await request;
    }

    private Task<FleetApplication> StartAsync() => FleetApplication.StartAsync(time: _time);

    private static string Order(string reason) =>
        JsonSerializer.Serialize(
            new
            {
                action = "force-open",
                circuits = "payments",
                reason,
            }
        );

    private static Task<HttpResponseMessage> SendAsync(
        DashboardApplication application,
        string json,
        string request = "directives",
        string? user = "operator",
        Action<HttpRequestMessage>? change = null
    ) => application.SendAsync(HttpMethod.Post, $"/api/fleet/{request}", user, json, change);

    private static async Task<JsonElement> OrderAsync(FleetApplication fleet, string json, string request = "directives")
    {
        using var response = await SendAsync(fleet.Web, json, request);
        return JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).RootElement;
    }

    private static int Count(JsonElement element, string property) => element.GetProperty(property).GetInt32();
}
