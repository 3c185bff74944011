using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Fluxgate;

/// <summary>The code of docs/http.md that needs no server.</summary>
public sealed class PageOnHttp
{
    [Fact]
    public async Task A_response_decides_how_long_the_circuit_stays_open()
    {
        using var breaker = new FluxgateBreaker("payments", new() { Tripper = Tripper.FailureStreak(1) }, new VirtualTime());
        // csharpier-ignore-start
        #region docs/http.md: Retry-After
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddFluxgateBreaker(new FluxgateBreakerOptions<HttpResponseMessage>
            {
                Breaker           = breaker,
                Tracker           = HttpTracker.TransientErrors,
                BreakDurationHint = HttpBreak.RetryAfter,
            })
            .Build();
        #endregion
        // csharpier-ignore-end

        using var response = await pipeline.ExecuteAsync(
            static _ =>
            {
                var busy = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
                busy.Headers.RetryAfter = new(TimeSpan.FromSeconds(90));
                return new ValueTask<HttpResponseMessage>(busy);
            },
            CancellationToken.None
        );
        Assert.Equal(BreakerState.Open, breaker.State);
        Assert.Equal(TimeSpan.FromSeconds(90), breaker.Snapshot().RetryAfter);
    }

    [Fact]
    public async Task One_server_that_fails_does_not_reject_calls_to_another()
    {
        var services = new ServiceCollection();
        services.AddHttpClient("crawler").ConfigurePrimaryHttpMessageHandler(() => new DownAtOnePlace());

        #region docs/http.md: One breaker for each server
        services.AddFluxgate().AddBreakerGroup("servers", group => group.Settings.Tripper = Tripper.FailureStreak(2));
        services
            .AddHttpClient("crawler")
            .AddResilienceHandler(
                "breaker",
                (pipeline, context) => pipeline.AddFluxgateBreaker(context.ServiceProvider, "servers", HttpKey.Authority)
            );
        #endregion

        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("crawler");
        for (var i = 0; i < 2; i++)
        {
            using var failed = await client.GetAsync(new Uri("http://down.example/"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
        }

        var rejected = await Assert.ThrowsAsync<CallNotPermittedException>(() => client.GetAsync(new Uri("http://down.example/")));
        using var response = await client.GetAsync(new Uri("http://up.example/"));

        Assert.Equal("servers/http://down.example", rejected.CircuitName);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private sealed class DownAtOnePlace : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(
                new HttpResponseMessage(request.RequestUri!.Host == "down.example" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK)
            );
    }
}
