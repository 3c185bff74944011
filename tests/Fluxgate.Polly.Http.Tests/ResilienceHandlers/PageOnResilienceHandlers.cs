using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Fluxgate;

/// <summary>The code of the documents on <c>AddResilienceHandler</c>.</summary>
public sealed class PageOnResilienceHandlers
{
    [Fact]
    public async Task The_retry_around_the_breaker_does_not_repeat_rejections()
    {
        var services = new ServiceCollection();
        services.AddFluxgate().AddBreaker("payments", settings => settings.InitialState = BreakerState.ForcedOpen);

        #region docs/http.md: With Microsoft.Extensions.Http.Resilience
        services
            .AddHttpClient("refunds")
            .AddResilienceHandler(
                "refunds",
                (pipeline, context) =>
                    pipeline
                        .AddRetry(new HttpRetryStrategyOptions())
                        .AddFluxgateBreaker(context.ServiceProvider, "payments")
                        .AddTimeout(TimeSpan.FromSeconds(2))
            );
        #endregion

        await using var provider = services.BuildServiceProvider();
        using var client = provider.Client("refunds");

        Assert.Equal("payments", (await client.RejectedAsync(new("http://shop.example"))).CircuitName);
        Assert.Equal(1, provider.GetRequiredService<FluxgateBreakers>()["payments"].Snapshot().Rejected);
    }

    [Fact]
    public async Task A_breaker_inside_the_resilience_handler_opens_on_transient_errors()
    {
        var shop = new FluxgateBreaker("shop", new() { Tripper = Tripper.FailureStreak(2) });
        var services = new ServiceCollection();
        // csharpier-ignore-start
        #region docs/http.md: With Microsoft.Extensions.Http.Resilience
        services.AddHttpClient("shop").AddResilienceHandler("breaker", (pipeline, context) =>
            pipeline.AddFluxgateBreaker(new FluxgateBreakerOptions<HttpResponseMessage>
            {
                Breaker           = shop,
                Tracker           = HttpTracker.TransientErrors,
                BreakDurationHint = HttpBreak.RetryAfter,
            }));
        #endregion
        // csharpier-ignore-end
        services.AddHttpClient("shop").ConfigurePrimaryHttpMessageHandler(() => new Down());
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        client.BaseAddress = new("http://shop.example");

        for (var i = 0; i < 2; i++)
        {
            using var answer = await client.GetAsync(new Uri("/", UriKind.Relative));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }

        var rejected = await Assert.ThrowsAsync<CallNotPermittedException>(() => client.GetAsync(new Uri("/", UriKind.Relative)));
        Assert.InRange(rejected.RetryAfter!.Value, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(77.1));
    }

    [Fact]
    public async Task A_call_with_CountBody_ends_with_its_body()
    {
        var services = new ServiceCollection();
        services.AddFluxgate().AddBreaker("downloads");

        #region docs/http.md: The body of a response
        services
            .AddHttpClient("downloads")
            .AddResilienceHandler(
                "breaker",
                (pipeline, context) =>
                    pipeline.AddFluxgateBreaker(
                        context.ServiceProvider,
                        "downloads",
                        new FluxgateBreakerOptions<HttpResponseMessage> { CountBody = true }
                    )
            );
        #endregion

        await using var server = await HttpUpstream.StartAsync();
        await using var provider = services.BuildServiceProvider();
        using var client = provider.Client("downloads");
        using var response = await client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead);
        var breaker = provider.GetRequiredService<FluxgateBreakers>()["downloads"];
        Assert.Equal((1, 0), (breaker.Snapshot().InFlight, breaker.Snapshot().Successes));

        await response.Content.ReadAsStringAsync();

        Assert.Equal((0, 1), (breaker.Snapshot().InFlight, breaker.Snapshot().Successes));
    }

    private sealed class Down : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            answer.Headers.Add("Retry-After", "77");
            return Task.FromResult(answer);
        }
    }
}
