using System.Net;
using System.Text.Json;

namespace Fluxgate;

public sealed class BreakerControl
{
    [Fact]
    public async Task The_control_endpoints_are_disabled_by_default()
    {
        await using var service = new PaymentsApplication();

        Assert.Equal(HttpStatusCode.NotFound, (await service.ControlAsync(HttpMethod.Get, "/breakers")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await service.ControlAsync(HttpMethod.Get, "/breakers/cards")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await service.ControlAsync(HttpMethod.Post, "/breakers/cards/trip")).StatusCode);
        Assert.Equal(BreakerState.Closed, service.Breaker("cards").State);
        Assert.DoesNotContain("/breakers", await service.Client.GetStringAsync("/"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a-key-for-tests-onl")]
    [InlineData("a-key-for-tests-only!")]
    [InlineData("A-KEY-FOR-TESTS-ONLY")]
    public async Task Without_the_key_every_request_is_unauthorized(string? key)
    {
        await using var service = new PaymentsApplication(withControl: true);

        foreach (
            var (method, path) in new[]
            {
                (HttpMethod.Get, "/breakers"),
                (HttpMethod.Get, "/breakers/cards"),
                (HttpMethod.Get, "/breakers/nobody"),
                (HttpMethod.Post, "/breakers/cards/force-open"),
            }
        )
        {
            using var response = await service.ControlAsync(method, path, key);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.DoesNotContain("closed", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.NotEmpty(response.Headers.WwwAuthenticate);
        }

        Assert.Equal(BreakerState.Closed, service.Breaker("cards").State);
    }

    [Theory]
    [InlineData("trip", "open")]
    [InlineData("probe", "half_open")]
    [InlineData("force-open", "forced_open")]
    [InlineData("disable", "disabled")]
    [InlineData("metrics-only", "metrics_only")]
    public async Task An_action_sets_its_state_and_reset_closes(string action, string state)
    {
        await using var service = new PaymentsApplication(withControl: true);

        Assert.Equal((state, "a good reason"), await RunActionAsync(service, $"{action}?reason=a%20good%20reason"));
        Assert.Equal(state, service.Breaker("cards").State.ToLabel());
        Assert.Equal(BreakerState.Closed, service.Breaker("fraud").State);
        Assert.Equal(("closed", "reset by hand"), await RunActionAsync(service, "reset"));
    }

    [Theory]
    [InlineData("/breakers/nobody/trip", HttpStatusCode.NotFound, "cards")]
    [InlineData("/breakers/cards/explode", HttpStatusCode.NotFound, "force-open")]
    [InlineData("/breakers/cards/trip?reason=two%0Alines", HttpStatusCode.BadRequest, "reason")]
    public async Task An_invalid_action_is_rejected_with_the_reason(string path, HttpStatusCode status, string word)
    {
        await using var service = new PaymentsApplication(withControl: true);
        using var response = await service.ControlAsync(HttpMethod.Post, path);

        Assert.Equal(status, response.StatusCode);
        Assert.Contains(word, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(BreakerState.Closed, service.Breaker("cards").State);
    }

    [Fact]
    public async Task All_breakers_are_listed()
    {
        await using var service = new PaymentsApplication(withControl: true);
        using var response = await service.ControlAsync(HttpMethod.Get, "/breakers");
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(["cards", "fraud"], json.RootElement.EnumerateArray().Select(breaker => breaker.GetProperty("name").GetString()));
    }

    private static async Task<(string? State, string? Reason)> RunActionAsync(PaymentsApplication service, string action)
    {
        using var response = await service.ControlAsync(HttpMethod.Post, $"/breakers/cards/{action}");
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (json.RootElement.GetProperty("state").GetString(), json.RootElement.GetProperty("reason").GetString());
    }
}
