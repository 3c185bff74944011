using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Fluxgate;

/// <summary>The operations that tests of HTTP clients consist of.</summary>
internal static class HttpCalls
{
    public static HttpClient Client(this IServiceProvider services, string name = "payments") =>
        services.GetRequiredService<IHttpClientFactory>().CreateClient(name);

    public static async Task<HttpStatusCode> StatusAsync(this HttpClient client, Uri address)
    {
        using var response = await client.GetAsync(address);
        return response.StatusCode;
    }

    public static Task<CallNotPermittedException> RejectedAsync(this HttpClient client, Uri address) =>
        Assert.ThrowsAsync<CallNotPermittedException>(() => client.GetAsync(address));

    /// <summary>Creates a breaker for transient failures.</summary>
    public static ResiliencePipelineBuilder<HttpResponseMessage> AddTransient(
        this ResiliencePipelineBuilder<HttpResponseMessage> pipeline,
        FluxgateBreaker breaker
    ) =>
        pipeline.AddFluxgateBreaker(
            new FluxgateBreakerOptions<HttpResponseMessage> { Breaker = breaker, Tracker = HttpTracker.TransientErrors }
        );
}
