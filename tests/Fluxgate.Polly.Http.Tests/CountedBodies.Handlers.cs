using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Fluxgate;

/// <summary>Checks bodies in the handlers of Microsoft.Extensions.Http.Resilience.</summary>
public sealed class BodiesInResilienceHandlers : CountedBodies
{
    private protected override void AddHandler(IHttpClientBuilder client, bool countBody) =>
        client.AddResilienceHandler(
            "breaker",
            (pipeline, context) =>
                pipeline.AddFluxgateBreaker(
                    context.ServiceProvider,
                    "downloads",
                    new FluxgateBreakerOptions<HttpResponseMessage> { CountBody = countBody }
                )
        );
}

/// <summary>Checks bodies in the standard handler.</summary>
public sealed class BodiesInStandardHandlers : CountedBodies
{
    private protected override void AddHandler(IHttpClientBuilder client, bool countBody) =>
        client.AddFluxgateStandardResilienceHandler("downloads", options => options.CountBody = countBody);
}
