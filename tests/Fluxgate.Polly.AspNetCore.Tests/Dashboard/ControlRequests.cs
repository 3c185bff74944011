using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

public sealed class ControlRequests
{
    [Theory]
    [InlineData("trip", "open")]
    [InlineData("probe", "half_open")]
    [InlineData("force-open", "forced_open")]
    [InlineData("disable", "disabled")]
    [InlineData("metrics-only", "metrics_only")]
    public async Task An_action_changes_the_state_and_says_who_and_why(string action, string state)
    {
        await using var application = await DashboardApplication.StartAsync();

        var done = await DoAsync(application, action);

        Assert.True(done.GetProperty("changed").GetBoolean());
        Assert.Equal((state, "by operator: a good reason"), StateOf(done));
        Assert.Equal((state, ReasonKind.Manual), (application.Payments.State.ToLabel(), application.Payments.Snapshot().Reason.Kind));
        Assert.Equal(
            $"CircuitControlled: operator requested {action} for circuit 'payments': a good reason. Changed: True, state now: {state}.",
            Assert.Single(application.Log.Dashboard)
        );
        Assert.False((await DoAsync(application, action)).GetProperty("changed").GetBoolean());
        Assert.Equal(("closed", "by operator: a good reason"), StateOf(await DoAsync(application, "reset")));
    }

    [Fact]
    public async Task A_reset_of_a_closed_circuit_empties_its_window()
    {
        await using var application = await DashboardApplication.StartAsync();
        application.Payments.Admit().Settle(Verdict.Failure);

        Assert.True((await DoAsync(application, "reset")).GetProperty("changed").GetBoolean());
        Assert.Equal(0, application.Payments.Snapshot().WindowRequests);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t ")]
    [InlineData("two\nlines")]
    [InlineData("a bell \a")]
    public async Task A_reason_is_required(string? reason)
    {
        await using var application = await DashboardApplication.StartAsync();
        using var response = await application.ActAsync("force-open", reason);

        await Problem.IsAsync(response, HttpStatusCode.BadRequest, "reason");
        Assert.Equal(BreakerState.Closed, application.Payments.State);
    }

    [Theory]
    [InlineData(200, HttpStatusCode.OK)]
    [InlineData(201, HttpStatusCode.BadRequest)]
    public async Task A_reason_is_bounded(int length, HttpStatusCode status)
    {
        await using var application = await DashboardApplication.StartAsync();
        using var response = await application.ActAsync("force-open", new string('x', length));

        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("explode", "name=payments", HttpStatusCode.NotFound, "force-open")]
    [InlineData("trip", "name=nobody", HttpStatusCode.NotFound, "nobody")]
    [InlineData("trip", "group=tenants", HttpStatusCode.NotFound, "key")]
    [InlineData("trip", "group=tenants&key=nobody", HttpStatusCode.NotFound, "nobody")]
    [InlineData("trip", "", HttpStatusCode.BadRequest, "name=")]
    [InlineData("trip", "name=payments&group=tenants", HttpStatusCode.BadRequest, "name=")]
    [InlineData("trip", "name=payments&name=tenants", HttpStatusCode.BadRequest, "name=")]
    [InlineData("trip", "group=tenants&key=a&shared=true", HttpStatusCode.BadRequest, "name=")]
    public async Task An_unknown_action_or_circuit_is_a_problem(string action, string query, HttpStatusCode status, string word)
    {
        await using var application = await DashboardApplication.StartAsync();
        using var response = await application.ActAsync(action, query: query);

        await Problem.IsAsync(response, status, word);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"reason":5}""")]
    [InlineData("""{"reason":"\ud800"}""")]
    public async Task A_body_that_is_not_the_expected_JSON_is_a_problem(string body)
    {
        await using var application = await DashboardApplication.StartAsync();
        using var response = await application.ActAsync(
            "trip",
            change: request => request.Content = new StringContent(body, Encoding.UTF8, "application/json")
        );

        await Problem.IsAsync(response, HttpStatusCode.BadRequest, "JSON");
        Assert.Equal(BreakerState.Closed, application.Payments.State);
    }

    [Theory]
    [InlineData("reason=x", "application/x-www-form-urlencoded")]
    [InlineData("""{"reason":"x"}""", "text/plain")]
    [InlineData("""{"reason":"x"}""", null)]
    public async Task A_body_that_a_form_could_send_is_refused(string body, string? type)
    {
        await using var application = await DashboardApplication.StartAsync();
        using var response = await application.ActAsync(
            "trip",
            change: request =>
            {
                request.Content = new StringContent(body);
                request.Content.Headers.ContentType = type is null ? null : new(type);
            }
        );

        await Problem.IsAsync(response, HttpStatusCode.UnsupportedMediaType, "application/json");
        Assert.Equal(BreakerState.Closed, application.Payments.State);
    }

    [Fact]
    public async Task A_long_body_is_refused()
    {
        await using var application = await DashboardApplication.StartAsync();
        using var response = await application.ActAsync("trip", new string('x', 20_000));

        await Problem.IsAsync(response, HttpStatusCode.RequestEntityTooLarge, "16384");
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("a/b?c=d&e#f %")]
    [InlineData("مستأجر <b>🙂</b>")]
    [InlineData("")]
    public async Task A_key_of_a_group_can_be_controlled_whatever_it_contains(string key)
    {
        await using var application = await DashboardApplication.StartAsync();
        application.Tenants.GetOrAdd(key);
        application.Tenants.GetOrAdd("another");

        var done = await DoAsync(application, "force-open", $"group=tenants&key={Uri.EscapeDataString(key)}");

        Assert.Equal(key, done.GetProperty("circuit").GetProperty("key").GetString());
        Assert.Equal(BreakerState.ForcedOpen, application.Tenants.GetOrAdd(key).State);
        Assert.Equal(BreakerState.Closed, application.Tenants.GetOrAdd("another").State);
    }

    [Fact]
    public async Task The_shared_circuit_of_a_group_can_be_controlled()
    {
        await using var application = await DashboardApplication.StartAsync();

        await DoAsync(application, "trip", "group=tenants&shared=true");

        Assert.Equal(BreakerState.Open, application.Tenants.Shared.State);
    }

    [Fact]
    public async Task A_reason_cannot_pretend_to_be_of_somebody_else()
    {
        await using var application = await DashboardApplication.StartAsync();
        using var _ = await application.ActAsync("trip", "by root: fine\u202e", user: Uri.EscapeDataString("مشغل"));

        Assert.Equal("by مشغل: by root: fine ", application.Payments.Snapshot().Reason.Text);
        Assert.DoesNotContain("\u202e", string.Concat(application.Log.Dashboard), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "none", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "self", HttpStatusCode.OK)]
    [InlineData("Origin", "https-self", HttpStatusCode.OK)]
    public async Task A_request_that_another_origin_caused_is_refused(string header, string value, HttpStatusCode status)
    {
        await using var application = await DashboardApplication.StartAsync();
        var own = application.Client.BaseAddress!.Authority;
        var text = value switch
        {
            "self" => $"http://{own}",
            "https-self" => $"https://{own}",
            _ => value,
        };

        using var response = await application.ActAsync(
            "trip",
            user: null,
            change: request => AddCookie(request).Headers.Add(header, text)
        );

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == HttpStatusCode.OK ? BreakerState.Open : BreakerState.Closed, application.Payments.State);
    }

    [Theory]
    [InlineData("dash.example:443", "https://dash.example", HttpStatusCode.OK)]
    [InlineData("dash.example:80", "http://dash.example", HttpStatusCode.OK)]
    [InlineData("dash.example", "https://dash.example", HttpStatusCode.OK)]
    [InlineData("dash.example:443", "http://dash.example", HttpStatusCode.Forbidden)]
    [InlineData("dash.example:8443", "https://dash.example", HttpStatusCode.Forbidden)]
    [InlineData("dash.example", "https://dash.example:8443", HttpStatusCode.Forbidden)]
    public async Task A_default_port_need_not_be_named(string host, string origin, HttpStatusCode status)
    {
        await using var application = await DashboardApplication.StartAsync();
        using var response = await application.ActAsync(
            "trip",
            change: request =>
            {
                request.Headers.Host = host;
                request.Headers.Add("Origin", origin);
            }
        );

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task A_cookie_needs_an_antiforgery_token_where_the_application_has_them()
    {
        await using var application = await DashboardApplication.StartAsync(services: services => services.AddAntiforgery());
        using var session = await application.SendAsync(HttpMethod.Get, "/api/session", user: null, change: request => AddCookie(request));
        var cookie = session.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        var token = JsonDocument.Parse(await session.Content.ReadAsStringAsync()).RootElement;

        using var without = await application.ActAsync("trip", user: null, change: request => AddCookie(request));
        using var ofOther = await application.ActAsync("trip", user: null, change: request => WithToken(AddCookie(request, "staff")));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (without.StatusCode, ofOther.StatusCode));
        Assert.Equal(BreakerState.Closed, application.Payments.State);

        using var with = await application.ActAsync("trip", user: null, change: request => WithToken(AddCookie(request)));
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);

        // Nobody can make a browser send a bearer token.
        using var bearer = await application.ActAsync("reset");
        Assert.Equal(HttpStatusCode.OK, bearer.StatusCode);

        HttpRequestMessage WithToken(HttpRequestMessage request)
        {
            request.Headers.Add(token.GetProperty("tokenHeader").GetString()!, token.GetProperty("token").GetString());
            request.Headers.Add("Cookie", cookie);
            return request;
        }
    }

    [Fact]
    public async Task A_refusal_is_logged()
    {
        await using var application = await DashboardApplication.StartAsync();
        using var response = await application.ActAsync("trip", user: "staff");

        await Problem.IsAsync(response, HttpStatusCode.Forbidden, "right");
        Assert.Equal(
            "CircuitControlRefused: staff was refused trip for circuit 'payments': no right to control circuits",
            Assert.Single(application.Log.Dashboard)
        );
    }

    private static HttpRequestMessage AddCookie(HttpRequestMessage request, string user = "operator")
    {
        request.Headers.Add("Cookie", $"{TestUsers.Cookie}={user}");
        return request;
    }

    private static async Task<JsonElement> DoAsync(DashboardApplication application, string action, string query = "name=payments")
    {
        using var response = await application.ActAsync(action, query: query);
        return JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).RootElement;
    }

    private static (string?, string?) StateOf(JsonElement done)
    {
        var circuit = done.GetProperty("circuit");
        return (circuit.GetProperty("state").GetString(), circuit.GetProperty("reason").GetString());
    }
}
