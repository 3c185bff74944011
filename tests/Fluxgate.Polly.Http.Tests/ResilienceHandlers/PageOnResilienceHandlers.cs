using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Fluxgate;

/// <summary>The code of docs/http.md that uses Microsoft.Extensions.Http.Resilience.</summary>
public sealed class PageOnResilienceHandlers
{
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
