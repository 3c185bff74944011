using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static Fluxgate.ResponseJson;

namespace Fluxgate;

public sealed class DashboardReadings
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task All_circuits_and_groups_are_listed()
    {
        await using var application = await DashboardApplication.StartAsync();
        application.Tenants.GetOrAdd("acme").Trip("down");
        application.Tenants.GetOrAdd("fine");
        application.Payments.ForceOpen("maintenance");

        var rows = (await application.GetAsync("/api/circuits")).EnumerateArray().ToArray();

        Assert.Equal(["group:tenants", "circuit:payments"], rows.Select(row => Text(row, "id")));
        Assert.Equal(("open", "1 of 2 circuits are not closed"), (Text(rows[0], "state"), Text(rows[0], "reason")));
        Assert.Equal("""{"closed":1,"open":1}""", rows[0].GetProperty("states").GetRawText());
        Assert.Equal("acme", Text(Assert.Single(rows[0].GetProperty("worst").EnumerateArray()), "key"));
        Assert.Equal(("forced_open", "maintenance"), (Text(rows[1], "state"), Text(rows[1], "reason")));
    }

    [Fact]
    public async Task A_circuit_shows_how_far_it_is_from_opening()
    {
        var time = new VirtualTime();
        await using var application = await DashboardApplication.StartAsync(
            time: time,
            settings: settings =>
            {
                settings.Window = Window.Count(20);
                settings.Tripper = Tripper.MinRequests(10) & (Tripper.FailureRate(0.5) | Tripper.SlowRate(0.4, Second));
            }
        );
        Call(application.Payments, time, Verdict.Failure, Second);
        Call(application.Payments, time, Verdict.Success, default);

        var detail = await application.GetAsync("/api/circuit?name=PAYMENTS");
        var (row, rule) = (detail.GetProperty("circuit"), detail.GetProperty("rule"));

        Assert.Equal((0.5, 0.5), (row.GetProperty("failureRate").GetDouble(), row.GetProperty("failureThreshold").GetDouble()));
        Assert.Equal((0.5, 0.4), (row.GetProperty("slowRate").GetDouble(), row.GetProperty("slowThreshold").GetDouble()));
        Assert.Equal(0.2, row.GetProperty("progress").GetDouble());
        Assert.Equal(("all", false), (Text(rule, "operator"), rule.GetProperty("fires").GetBoolean()));
        Assert.Equal("MinRequests 2 < 10", Text(rule.GetProperty("parts")[0], "text"));
        Assert.Equal("any", Text(rule.GetProperty("parts")[1], "operator"));
        Assert.Equal(2, detail.GetProperty("window").GetProperty("requests").GetInt32());
        Assert.Contains(
            detail.GetProperty("settings").EnumerateArray(),
            setting => Text(setting, "name") == "Window" && Text(setting, "value") == "Count(20)"
        );
        Assert.Contains(
            detail.GetProperty("totals").EnumerateArray(),
            total => Text(total, "name") == "Failures" && total.GetProperty("value").GetInt64() == 1
        );
    }

    [Fact]
    public async Task A_row_shows_calls_in_flight_and_overdue()
    {
        var time = new VirtualTime();
        await using var application = await DashboardApplication.StartAsync(
            time: time,
            settings: settings => settings.Tripper = Tripper.MinRequests(10) & Tripper.SlowRate(0.4, Second)
        );
        var call = application.Payments.Admit();
        time.Advance(Second * 2);
        application.Payments.Admit();

        var row = (await application.GetAsync("/api/circuit?name=payments")).GetProperty("circuit");

        Assert.Equal((2, 1), (row.GetProperty("inFlight").GetInt32(), row.GetProperty("overdue").GetInt32()));

        // The start of a call is known to a twelfth of the threshold.
        Assert.InRange(row.GetProperty("oldestInFlightSeconds").GetDouble(), 1.8, 2);
        call.Settle(Verdict.Success);
    }

    [Fact]
    public async Task Warnings_and_errors_of_the_configuration_are_shown()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Fluxgate:Breakers:payments:Tripper", "MinRequests(101) | FailureStreak(3)")])
            .Build();
        await using var application = await DashboardApplication.StartAsync(services: services =>
            services.AddFluxgate(configuration.GetSection("Fluxgate"))
        );
        configuration["Fluxgate:Breakers:payments:Tripper"] = "FailureStrek(3)";
        configuration.Reload();

        var detail = await application.GetAsync("/api/circuit?name=payments");
        var row = (await application.GetAsync("/api/circuits")).EnumerateArray().Single(row => Text(row, "kind") == "circuit");

        Assert.Equal(1, row.GetProperty("warnings").GetInt32());
        Assert.Contains(
            "MinRequests",
            Assert.Single(detail.GetProperty("warnings").EnumerateArray()).GetString(),
            StringComparison.Ordinal
        );
        Assert.Contains("FailureStreak", Text(row, "configurationError"), StringComparison.Ordinal);
        Assert.Equal(Text(row, "configurationError"), Text(detail.GetProperty("circuit"), "configurationError"));
    }

    [Fact]
    public async Task A_half_open_circuit_shows_its_probes()
    {
        await using var application = await DashboardApplication.StartAsync(settings: settings => settings.Permit = Permit.All);
        application.Payments.Probe();
        application.Payments.Admit().Settle(Verdict.Success);
        var probe = application.Payments.Admit();

        var probes = (await application.GetAsync("/api/circuit?name=payments")).GetProperty("probes");

        Assert.Equal(
            """{"inFlight":1,"recorded":1,"succeeded":1,"lease":"30s","permit":"All","recovery":"AfterProbes(10)"}""",
            probes.GetRawText()
        );
        probe.Settle(Verdict.Success);
    }

    [Fact]
    public async Task Durations_are_shown_if_a_listener_requires_them()
    {
        await using var application = await DashboardApplication.StartAsync(settings: settings =>
            settings.Listeners.Add(new PrometheusListener(new PrometheusMetrics()))
        );
        application.Payments.Settle(application.Payments.Admit(), Verdict.Success, Second / 50);

        var shown = Assert.Single((await application.GetAsync("/api/circuit?name=payments")).GetProperty("durations").EnumerateArray());

        Assert.Equal(("closed", 0.02), (Text(shown, "state"), shown.GetProperty("meanSeconds").GetDouble()));
        Assert.Equal([0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], shown.GetProperty("counts").EnumerateArray().Select(count => count.GetInt32()));
    }

    [Fact]
    public async Task A_group_shows_its_worst_circuits_and_the_shared_one()
    {
        await using var application = await DashboardApplication.StartAsync();
        for (var key = 0; key < 60; key++)
        {
            application.Tenants.GetOrAdd($"{key}").Trip();
        }

        application.Tenants.Shared.Disable("not needed");
        var detail = await application.GetAsync("/api/circuit?group=tenants");
        var shared = await application.GetAsync("/api/circuit?group=tenants&shared=true");
        var member = await application.GetAsync("/api/circuit?group=tenants&key=7");

        Assert.Equal(50, detail.GetProperty("circuit").GetProperty("worst").GetArrayLength());
        Assert.Equal("disabled", Text(detail.GetProperty("shared"), "state"));
        Assert.Contains(
            "the shared circuit is disabled: not needed",
            Text(detail.GetProperty("circuit"), "reason"),
            StringComparison.Ordinal
        );
        Assert.Equal(("shared", "disabled"), (Text(shared.GetProperty("circuit"), "kind"), Text(shared.GetProperty("circuit"), "state")));
        Assert.Equal(("key", "7"), (Text(member.GetProperty("circuit"), "kind"), Text(member.GetProperty("circuit"), "key")));
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("?key=7", HttpStatusCode.BadRequest)]
    [InlineData("?group=tenants&shared=perhaps", HttpStatusCode.BadRequest)]
    [InlineData("?name=nobody", HttpStatusCode.NotFound)]
    [InlineData("?name=tenants", HttpStatusCode.NotFound)]
    [InlineData("?group=payments", HttpStatusCode.NotFound)]
    [InlineData("?group=tenants&key=nobody", HttpStatusCode.NotFound)]
    public async Task A_circuit_that_does_not_exist_is_a_problem_and_is_not_created(string query, HttpStatusCode status)
    {
        await using var application = await DashboardApplication.StartAsync();
        using var response = await application.SendAsync(HttpMethod.Get, $"/api/circuit{query}");

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal((0, 1), (application.Tenants.Count, application.Breakers.Count()));
    }

    [Fact]
    public async Task A_rule_is_previewed_on_the_present_calls()
    {
        await using var application = await DashboardApplication.StartAsync();
        application.Payments.Admit().Settle(Verdict.Failure);

        using var response = await PreviewAsync(application, """{"rule":"FailureStreak(1) | SlowRate(10%, 1s)"}""");
        var preview = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        var evaluation = preview.GetProperty("evaluation");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(evaluation.GetProperty("fires").GetBoolean());
        Assert.Equal("FailureStreak 1 >= 1 | SlowRate: calls of 1s and longer are not counted", Text(evaluation, "text"));
        Assert.NotEqual(0, preview.GetProperty("warnings").GetArrayLength());
        Assert.Equal(
            (BreakerState.Closed, "MinRequests(100) & FailureRate(50%)"),
            (application.Payments.State, application.Payments.Snapshot().Rule)
        );
    }

    [Theory]
    [InlineData("""{"rule":"FailureRat(50%)"}""", "FailureRate")]
    [InlineData("""{"rule":""}""", "Column 1")]
    [InlineData("{}", "")]
    public async Task A_preview_of_a_text_that_is_no_rule_names_the_place(string json, string word)
    {
        await using var application = await DashboardApplication.StartAsync();
        using var response = await PreviewAsync(application, json);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(
            word,
            Text(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement, "detail"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_preview_for_a_window_that_throws_is_a_problem()
    {
        var window = new OwnWindow();
        await using var application = await DashboardApplication.StartAsync(settings: settings => settings.Window = window);
        window.Throws = true;

        using var response = await PreviewAsync(application, """{"rule":"FailureStreak(1)"}""");

        await Problem.IsAsync(response, HttpStatusCode.Conflict, "A part of the circuit 'payments' threw InvalidOperationException.");
    }

    private static Task<HttpResponseMessage> PreviewAsync(DashboardApplication application, string json) =>
        application.SendAsync(HttpMethod.Post, "/api/circuit/preview?name=payments", "staff", json);

    private static void Call(FluxgateBreaker breaker, VirtualTime time, Verdict verdict, TimeSpan duration)
    {
        var admission = breaker.Admit();
        time.Advance(duration);
        admission.Settle(verdict);
    }

    private sealed class OwnWindow : Window
    {
        public bool Throws { get; set; }

        public override long? Capacity => Throws ? throw new InvalidOperationException("no capacity") : 100;

        public override WindowState Start(WindowContext context) => Count(100).Start(context);
    }
}
