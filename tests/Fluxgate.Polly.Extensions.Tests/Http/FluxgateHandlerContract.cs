using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Fluxgate;

public sealed class FluxgateHandlerContract : HttpHandlerContract
{
    protected override void Install(
        IHttpClientBuilder client,
        Action<ResiliencePipelineBuilder<HttpResponseMessage>, IServiceProvider> configure
    ) => client.AddFluxgateHandler(configure);
}
