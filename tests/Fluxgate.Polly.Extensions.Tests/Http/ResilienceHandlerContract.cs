using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Fluxgate;

/// <summary>Runs the contract of handlers on <c>AddResilienceHandler</c> of Microsoft.Extensions.Http.Resilience.</summary>
public sealed class ResilienceHandlerContract : HttpHandlerContract
{
    protected override void Install(
        IHttpClientBuilder client,
        Action<ResiliencePipelineBuilder<HttpResponseMessage>, IServiceProvider> configure
    ) => client.AddResilienceHandler("x", (pipeline, context) => configure(pipeline, context.ServiceProvider));
}
