using System.Net;

namespace Fluxgate;

public sealed class PaymentRequests
{
    [Theory]
    [InlineData("fail", HttpStatusCode.BadGateway, "responded with 503")]
    [InlineData("reset", HttpStatusCode.BadGateway, "connection lost")]
    [InlineData("hang", HttpStatusCode.GatewayTimeout, "no response in time")]
    public async Task A_failing_card_processor_fails_payments_and_opens_its_circuit(string how, HttpStatusCode status, string reason)
    {
        await using var service = new PaymentsApplication(settings: ("Upstreams:Timeout", how == "hang" ? "00:00:00.5" : "00:00:30"));
        // Only the card processor times out: a fraud check that is slow at first is skipped.
        await service.BreakAsync("cards", how);
        for (var i = 0; i < 3; i++)
        {
            using var failed = await service.PayAsync();
            Assert.Equal(status, failed.StatusCode);
            Assert.Contains(reason, await failed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        service.Breaker("cards").ForceOpen("for good");
        using var rejected = await service.PayAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, rejected.StatusCode);
        Assert.Null(rejected.Headers.RetryAfter);
        Assert.Equal(3, service.Breaker("cards").Snapshot().Failures);
        Assert.Equal(1, service.Breaker("cards").Snapshot().Transitions(BreakerState.Closed, BreakerState.Open));
    }

    [Fact]
    public async Task A_rejected_payment_has_the_reason_and_Retry_After()
    {
        await using var service = new PaymentsApplication(settings: ("Fluxgate:Breakers:cards:BreakDuration", "Fixed(1h)"));
        service.Breaker("cards").Trip("out of order");
        using var rejected = await service.PayAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, rejected.StatusCode);
        Assert.InRange(rejected.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(50), TimeSpan.FromSeconds(3601));
        Assert.Contains("out of order", await rejected.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("50", HttpStatusCode.OK)]
    [InlineData("50.01", HttpStatusCode.ServiceUnavailable)]
    public async Task Small_amounts_are_accepted_without_the_fraud_check(string amount, HttpStatusCode status)
    {
        await using var service = new PaymentsApplication();
        service.Breaker("fraud").ForceOpen("being repaired");
        using var answer = await service.PayAsync(amount);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains("being repaired", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_card_rejected_by_the_fraud_check_is_not_charged()
    {
        await using var service = new PaymentsApplication();
        using var refused = await service.PayAsync(card: "4242424242420013");

        Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
        Assert.Equal(0, service.Breaker("cards").Snapshot().Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"amount":"x","card":"4242424242424242"}""")]
    [InlineData("""{"amount":0,"card":"4242424242424242"}""")]
    [InlineData("""{"amount":1.001,"card":"4242424242424242"}""")]
    [InlineData("""{"amount":1,"card":"4242"}""")]
    [InlineData("""{"amount":1}""")]
    public async Task An_invalid_payment_is_rejected_before_any_call(string body)
    {
        await using var service = new PaymentsApplication();
        using var answer = await service.SendAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("\"invalid\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, service.Breaker("fraud").Snapshot().Requests);
    }
}
