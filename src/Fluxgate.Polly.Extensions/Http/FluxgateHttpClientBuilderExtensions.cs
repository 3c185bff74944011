using Fluxgate;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Polly;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Runs resilience pipelines around what an <see cref="HttpClient"/> of HttpClientFactory sends.</summary>
/// <remarks>
/// For applications without Microsoft.Extensions.Http.Resilience; with it, <c>AddResilienceHandler("name", builder => builder.AddFluxgateBreaker(…))</c>
/// does the same. Whatever is built here is built once for each client and container, not for each of the handlers that HttpClientFactory
/// makes anew every two minutes: a breaker keeps its state. It is built when the host starts, so a mistake in it keeps the host from
/// starting; without a host when the client sends its first request. With <c>ConfigureHttpClientDefaults</c> each client has its own too, but
/// who the clients are is not known at start: theirs are built when each sends its first request. A build that fails is tried again with the
/// next request. While it runs, neither its configuration nor a listener in <c>OnAttached</c> may send through the same client. A pipeline runs until the response's headers have arrived; reading
/// the body is outside it. A retry sends the same request again, so its content must be one that can be sent twice (a buffered one can, a stream
/// that cannot seek cannot). Strategies find the request in the context's properties under <c>Resilience.Http.RequestMessage</c>.
/// </remarks>
public static class FluxgateHttpClientBuilderExtensions
{
    /// <summary>How many keys a handler with one pipeline for each key keeps apart unless told otherwise.</summary>
    private const int DefaultMaxKeys = 100;

    /// <summary>Runs a pipeline around the sends of this client.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="pipeline">The pipeline. May serve other clients too; nobody disposes it.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IHttpClientBuilder AddFluxgateHandler(this IHttpClientBuilder builder, ResiliencePipeline<HttpResponseMessage> pipeline)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(pipeline);
        return builder.AddHttpMessageHandler(() => new FluxgateHandler(() => _ => pipeline));
    }

    /// <summary>Runs a pipeline around the sends of this client that the container has, such as one of a <c>ResiliencePipelineProvider</c>.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="pipeline">Returns the pipeline. Called once for each container, with its root provider, when the host starts; nobody disposes the pipeline here.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IHttpClientBuilder AddFluxgateHandler(
        this IHttpClientBuilder builder,
        Func<IServiceProvider, ResiliencePipeline<HttpResponseMessage>> pipeline
    )
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        var registration = new object();
        return Add(
            builder,
            (pipelines, client) =>
            {
                var brought = pipelines.Brought(registration, client, pipeline);
                return _ => brought;
            }
        );
    }

    /// <summary>Builds one pipeline for this client and runs it around its sends.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="configure">
    /// Adds the strategies. Called once for each container, with its root provider, when the host starts. The pipeline's
    /// <see cref="ResiliencePipelineBuilderBase.Name"/> is the client's, and so is the name of a breaker that is not given another; what
    /// the pipeline makes is disposed with the container.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <example>
    /// <code>
    /// services.AddHttpClient("payments").AddFluxgateHandler((pipeline, services) => pipeline.AddFluxgateStandard(breaker));
    /// </code>
    /// </example>
    public static IHttpClientBuilder AddFluxgateHandler(
        this IHttpClientBuilder builder,
        Action<ResiliencePipelineBuilder<HttpResponseMessage>, IServiceProvider> configure
    )
    {
        ArgumentNullException.ThrowIfNull(configure);
        var registration = new object();
        return Add(
            builder,
            (pipelines, client) =>
            {
                var built = pipelines.Built(registration, client, 1, (pipeline, services, _) => configure(pipeline, services))[""];
                return _ => built;
            }
        );
    }

    /// <summary>Builds one pipeline for each key that this client's requests have, such as the server's authority: one that fails does not take the others with it.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="keyOf">The key of a request: <see cref="HttpAuthority.Of"/>, or the application's own. Called for every send; must be thread-safe.</param>
    /// <param name="configure">
    /// Adds the strategies of the pipeline for a key. Called once for each key and container, with the root provider, when the first request
    /// with that key is sent, which is when its mistakes are told: no key is known at start. The pipeline's name is the client's and its instance name is the key, so a breaker that is not given
    /// another name is <c>client/key</c>, or <c>key</c> for the client without a name. Of a name that has more than 256 characters the
    /// breaker gets the first 223, <c>~</c>, and a hash of the whole. What the pipeline makes is disposed with the container.
    /// </param>
    /// <param name="maxKeys">How many keys are kept apart, at least 1. The keys that come later share one more pipeline, whose key is <see cref="HttpAuthority.Others"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxKeys"/> is less than 1.</exception>
    /// <example>
    /// <code>
    /// services.AddHttpClient("shops").AddFluxgateHandler(HttpAuthority.Of, (pipeline, services, authority) =>
    ///     pipeline.AddFluxgateBreaker(new FluxgateBreakerOptions&lt;HttpResponseMessage> { Tracker = HttpTracker.TransientErrors }));
    /// </code>
    /// </example>
    public static IHttpClientBuilder AddFluxgateHandler(
        this IHttpClientBuilder builder,
        Func<HttpRequestMessage, string> keyOf,
        Action<ResiliencePipelineBuilder<HttpResponseMessage>, IServiceProvider, string> configure,
        int maxKeys = DefaultMaxKeys
    )
    {
        ArgumentNullException.ThrowIfNull(keyOf);
        ArgumentNullException.ThrowIfNull(configure);
        if (maxKeys < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(maxKeys), maxKeys, $"maxKeys must be at least 1, but is {maxKeys}.");
        }

        var registration = new object();
        return Add(
            builder,
            (pipelines, client) =>
            {
                var built = pipelines.Built(registration, client, maxKeys, configure);
                return request =>
                    built[
                        keyOf(request)
                            ?? throw new InvalidOperationException(
                                $"keyOf must not answer null, but did for a request of the client '{client}'."
                            )
                    ];
            }
        );
    }

    private static IHttpClientBuilder Add(
        IHttpClientBuilder builder,
        Func<HandlerPipelines, string, Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>>> pipelineOf
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton(static services => new HandlerPipelines(services));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, HandlersAtStart>());
        if (builder.Name is { } client)
        {
            builder.Services.AddSingleton(new HandlerRegistration(client, pipelineOf));
        }

        // As AddHttpMessageHandler does, but with the name of the client that is being made: that of the builder is null for the defaults.
        builder.Services.Configure<HttpClientFactoryOptions>(
            builder.Name,
            options =>
                options.HttpMessageHandlerBuilderActions.Add(made =>
                {
                    var (pipelines, client) = (made.Services.GetRequiredService<HandlerPipelines>(), made.Name ?? "");
                    made.AdditionalHandlers.Add(new FluxgateHandler(() => pipelineOf(pipelines, client)));
                })
        );
        return builder;
    }
}
