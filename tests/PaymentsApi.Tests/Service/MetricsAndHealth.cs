using System.Net;
using System.Text.Json;

namespace Fluxgate;

public sealed class MetricsAndHealth
{
    private const string Constant = "service=\"payments-api\",version=\"2.0\"";

    [Fact]
    public async Task The_page_has_the_breakers_the_requests_and_the_payments()
    {
        await using var service = new PaymentsApplication(settings: ("Metrics:Labels:version", "2.0"));
        Assert.Contains($"payments_total{{outcome=\"taken\",{Constant}}} 0", await PageAsync(service));

        await service.PayAsync("20");
        await service.PayAsync("0.50");
        await service.PayAsync(card: "4242424242420013");
        service.Breaker("cards").Trip();
        await service.PayAsync();
        await service.Client.GetAsync("/nowhere/17");
        await service.Client.GetAsync("/nowhere/18");
        var page = await PageAsync(service);

        Assert.Contains($"payments_total{{outcome=\"taken\",{Constant}}} 2", page);
        Assert.Contains($"payments_total{{outcome=\"declined\",{Constant}}} 1", page);
        Assert.Contains($"payments_total{{outcome=\"rejected\",{Constant}}} 1", page);
        Assert.Contains($"payments_total{{outcome=\"failed\",{Constant}}} 0", page);
        Assert.Contains($"payments_taken_euros_total{{{Constant}}} 20.5", page);
        Assert.Contains($"payments_in_progress{{{Constant}}} 0", page);
        Assert.Contains("# TYPE payment_duration_seconds histogram", page);
        Assert.Contains($"payment_duration_seconds_bucket{{{Constant},le=\"+Inf\"}} 4", page);
        Assert.Single(
            page,
            line =>
                line.Contains("payment_duration_seconds_bucket", StringComparison.Ordinal)
                && line.Contains("le=\"2\"", StringComparison.Ordinal)
        );
        Assert.Contains($"http_requests_total{{method=\"POST\",route=\"/payments\",status=\"200\",{Constant}}} 2", page);
        Assert.Contains($"http_requests_total{{method=\"POST\",route=\"/payments\",status=\"503\",{Constant}}} 1", page);
        Assert.Contains($"http_requests_total{{method=\"GET\",route=\"none\",status=\"404\",{Constant}}} 2", page);
        Assert.Contains($"http_requests_total{{method=\"GET\",route=\"/metrics\",status=\"200\",{Constant}}} 1", page);
        Assert.Contains($"circuit_breaker_state{{circuit_name=\"cards\",state=\"open\",{Constant}}} 1", page);
        Assert.Contains($"circuit_breaker_state{{circuit_name=\"fraud\",state=\"closed\",{Constant}}} 1", page);
    }

    [Fact]
    public async Task An_unknown_method_adds_no_series()
    {
        await using var service = new PaymentsApplication();
        using var request = new HttpRequestMessage(new("BREW"), "/payments");
        await service.Client.SendAsync(request);
        var page = await PageAsync(service);

        Assert.DoesNotContain(page, line => line.Contains("BREW", StringComparison.Ordinal));
        Assert.Contains(page, line => line.StartsWith("http_requests_total{method=\"other\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Health_includes_state_reason_and_next_probe()
    {
        await using var service = new PaymentsApplication();
        using (var healthy = await HealthAsync(service))
        {
            Assert.Equal("healthy", healthy.RootElement.GetProperty("status").GetString());
        }

        var before = service.Breaker("cards").TimeProvider.GetUtcNow();
        service.Breaker("cards").Trip("out of order");
        using var health = await HealthAsync(service);
        var cards = health.RootElement.GetProperty("circuits").GetProperty("cards");

        Assert.Equal("degraded", health.RootElement.GetProperty("status").GetString());
        Assert.Equal("open", cards.GetProperty("state").GetString());
        Assert.Equal("out of order", cards.GetProperty("reason").GetString());
        Assert.True(cards.GetProperty("next_probe").GetDateTimeOffset() > before);
        Assert.Equal("closed", health.RootElement.GetProperty("circuits").GetProperty("fraud").GetProperty("state").GetString());
    }

    [Fact]
    public async Task The_root_lists_the_endpoints()
    {
        await using var service = new PaymentsApplication(withControl: true);
        var root = await service.Client.GetStringAsync("/");

        Assert.All(
            ["/payments", "/metrics", "/health", "/circuits"],
            endpoint => Assert.Contains(endpoint, root, StringComparison.Ordinal)
        );
    }

    private static async Task<string[]> PageAsync(PaymentsApplication service) =>
        (await service.Client.GetStringAsync("/metrics")).Split('\n');

    private static async Task<JsonDocument> HealthAsync(PaymentsApplication service)
    {
        using var response = await service.Client.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync());
    }
}
