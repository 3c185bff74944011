using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Fluxgate;

/// <summary>Which breaker of the container a handler uses.</summary>
/// <param name="Require">Throws if it is not defined.</param>
/// <param name="AddTo">Adds it to a pipeline.</param>
internal sealed record Circuit(
    Action<IServiceProvider> Require,
    Action<ResiliencePipelineBuilder<HttpResponseMessage>, ResilienceHandlerContext, FluxgateBreakerOptions<HttpResponseMessage>> AddTo
)
{
    // The name of the client that CreateClient() returns is empty, and no breaker can have it.
    private const string UnnamedClient = "default";

    /// <summary>Gets the breaker with the name of the client, which is the instance name of the pipeline.</summary>
    public static Circuit OfClient { get; } =
        new(
            services => BreakersOf(services),
            (pipeline, context, options) =>
            {
                options.Breaker = BreakersOf(context.ServiceProvider)
                    .GetOrAdd(string.IsNullOrEmpty(context.InstanceName) ? UnnamedClient : DerivedName.Of(context.InstanceName));
                pipeline.AddFluxgateBreaker(options);
            }
        );

    public static Circuit Named(string name) =>
        new(
            services => _ = BreakersOf(services)[name],
            (pipeline, context, options) => pipeline.AddFluxgateBreaker(context.ServiceProvider, name, options)
        );

    public static Circuit Of(string group, Func<ResilienceContext, string?> keySelector) =>
        new(
            services => BreakersOf(services).GetGroup(group),
            (pipeline, context, options) => pipeline.AddFluxgateBreaker(context.ServiceProvider, group, keySelector, options)
        );

    private static FluxgateBreakers BreakersOf(IServiceProvider services) => services.GetRequiredService<FluxgateBreakers>();
}
