using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

public sealed class DashboardRights
{
    private static readonly string[] Reads =
    [
        "/",
        .. PageFile.Assets.Select(file => $"/{file.Name}"),
        "/api/events",
        "/api/session",
        "/api/circuits",
        "/api/circuit?name=payments",
    ];

    public static TheoryData<Action<FluxgateDashboardOptions>?, string> Undecided =>
        new()
        {
            { null, "AllowAnonymous" },
            { _ => { }, "AllowAnonymous" },
            { options => (options.Policy, options.AllowAnonymous) = ("staff", true), "not both" },
            { options => options.Policy = "stuff", "'stuff'" },
            { options => (options.AllowAnonymous, options.ControlPolicy) = (true, "operaters"), "'operaters'" },
            { options => (options.AllowAnonymous, options.MaxViewers) = (true, 0), "MaxViewers" },
        };

    [Theory]
    [MemberData(nameof(Undecided))]
    public async Task Mapping_fails_without_a_policy_or_AllowAnonymous(Action<FluxgateDashboardOptions>? configure, string word)
    {
        var builder = WebApplication.CreateSlimBuilder();
        TestUsers.Add(builder.Services);
        builder.Services.AddFluxgate();
        await using var application = builder.Build();

        var error = Assert.Throws<InvalidOperationException>(() => application.MapFluxgateDashboard("/circuits", configure));

        Assert.Contains(word, error.Message, StringComparison.Ordinal);
        Assert.Empty(((IEndpointRouteBuilder)application).DataSources);
    }

    [Fact]
    public async Task Mapping_fails_without_authorization_or_breakers()
    {
        var builder = WebApplication.CreateSlimBuilder();
        await using var bare = builder.Build();
        var noBreakers = Assert.Throws<InvalidOperationException>(() => bare.MapFluxgateDashboard("/circuits", DashboardApplication.Open));
        var noRights = Assert.Throws<InvalidOperationException>(() => bare.MapFluxgateDashboard("/circuits", DashboardApplication.Guarded));

        Assert.Contains("AddFluxgate()", noBreakers.Message, StringComparison.Ordinal);
        Assert.Contains("AddAuthorization()", noRights.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("endpoints", () => ((IEndpointRouteBuilder)null!).MapFluxgateDashboard("/circuits"));
        Assert.Throws<ArgumentNullException>("pattern", () => bare.MapFluxgateDashboard(null!));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("guest", HttpStatusCode.Forbidden)]
    [InlineData("staff", HttpStatusCode.OK)]
    [InlineData("operator", HttpStatusCode.OK)]
    public async Task The_policy_guards_every_request(string? user, HttpStatusCode status)
    {
        await using var application = await DashboardApplication.StartAsync();
        foreach (var path in Reads)
        {
            using var response = await application.SendAsync(HttpMethod.Get, path, user);
            Assert.Equal((path, status), (path, response.StatusCode));
        }

        using var preview = await application.SendAsync(
            HttpMethod.Post,
            "/api/circuit/preview?name=payments",
            user,
            """{"rule":"FailureRate(50%)"}"""
        );
        Assert.Equal(status, preview.StatusCode);
    }

    [Fact]
    public async Task AllowAnonymous_lets_everyone_read()
    {
        await using var application = await DashboardApplication.StartAsync(DashboardApplication.Open);
        foreach (var path in Reads)
        {
            using var response = await application.SendAsync(HttpMethod.Get, path, user: null);
            Assert.Equal((path, HttpStatusCode.OK), (path, response.StatusCode));
        }
    }

    [Fact]
    public async Task Control_is_off_unless_a_policy_is_named()
    {
        await using var application = await DashboardApplication.StartAsync(options => options.Policy = "staff");

        using var response = await application.ActAsync("force-open");
        var session = await application.GetAsync("/api/session");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(BreakerState.Closed, application.Payments.State);
        Assert.False(session.GetProperty("mayControl").GetBoolean());
        Assert.Contains("off", session.GetProperty("whyNot").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("guest", HttpStatusCode.Forbidden)]
    [InlineData("staff", HttpStatusCode.Forbidden)]
    public async Task Control_requires_the_control_policy(string? user, HttpStatusCode status)
    {
        foreach (var anonymous in new[] { false, true })
        {
            await using var application = await DashboardApplication.StartAsync(options =>
                (options.Policy, options.AllowAnonymous, options.ControlPolicy) = (anonymous ? null : "staff", anonymous, "operators")
            );
            foreach (var action in CircuitAction.Names)
            {
                using var response = await application.ActAsync(action, user: user);
                Assert.Equal(status, response.StatusCode);
            }

            Assert.Equal((BreakerState.Closed, 1), (application.Payments.State, application.Payments.Snapshot().PhaseNumber));
            Assert.DoesNotContain(application.Log.Dashboard, line => line.StartsWith("CircuitControlled", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task No_convention_of_the_application_opens_control()
    {
        await using var application = await DashboardApplication.StartAsync(map: app =>
            app.MapGroup("/open").AllowAnonymous().MapFluxgateDashboard("circuits", DashboardApplication.Guarded)
        );
        using var content = new StringContent("""{"reason":"open"}""", null, "application/json");
        using var response = await application.Client.PostAsync("/open/circuits/api/circuit/trip?name=payments", content);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(BreakerState.Closed, application.Payments.State);
    }
}
