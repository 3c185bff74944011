using System.Net;
using System.Text.Json;

namespace Fluxgate;

public sealed class BreakerControl
{
    [Fact]
    public async Task The_dashboard_is_disabled_by_default()
    {
        await using var service = new PaymentsApplication();

        Assert.Equal(HttpStatusCode.NotFound, (await service.ControlAsync(HttpMethod.Get, "/circuits/")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await service.ControlAsync(HttpMethod.Get, "/circuits/api/circuits")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await service.ActAsync("trip")).StatusCode);
        Assert.Equal(BreakerState.Closed, service.Breaker("cards").State);
        Assert.DoesNotContain("/circuits", await service.Client.GetStringAsync("/"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("alice:")]
    [InlineData("alice")]
    [InlineData(":a-key-for-tests-only")]
    [InlineData("alice:a-key-for-tests-onl")]
    [InlineData("alice:a-key-for-tests-only!")]
    [InlineData("alice:A-KEY-FOR-TESTS-ONLY")]
    public async Task Without_a_name_and_the_key_every_request_is_unauthorized(string? credentials)
    {
        await using var service = new PaymentsApplication(withControl: true);

        foreach (var path in new[] { "/circuits/", "/circuits/api/circuits", "/circuits/api/circuit?name=nobody", "/circuits/api/events" })
        {
            using var response = await service.ControlAsync(HttpMethod.Get, path, credentials);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.DoesNotContain("closed", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.NotEmpty(response.Headers.WwwAuthenticate);
        }

        using var action = await service.ActAsync("force-open", credentials: credentials);
        Assert.Equal(HttpStatusCode.Unauthorized, action.StatusCode);
        Assert.Equal(BreakerState.Closed, service.Breaker("cards").State);
    }

    [Theory]
    [InlineData("trip", "open")]
    [InlineData("force-open", "forced_open")]
    [InlineData("metrics-only", "metrics_only")]
    public async Task An_action_sets_its_state_and_says_who_and_why(string action, string state)
    {
        await using var service = new PaymentsApplication(withControl: true);
        using var response = await service.ActAsync(action);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            (state, "by alice: a good reason"),
            (service.Breaker("cards").State.ToLabel(), service.Breaker("cards").Snapshot().Reason.Text)
        );
        Assert.Equal(BreakerState.Closed, service.Breaker("fraud").State);
    }

    [Fact]
    public async Task The_page_lists_all_breakers()
    {
        await using var service = new PaymentsApplication(withControl: true);
        using var response = await service.ControlAsync(HttpMethod.Get, "/circuits/api/circuits");
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(["cards", "fraud"], json.RootElement.EnumerateArray().Select(breaker => breaker.GetProperty("name").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await service.ControlAsync(HttpMethod.Get, "/circuits/")).StatusCode);
    }
}
