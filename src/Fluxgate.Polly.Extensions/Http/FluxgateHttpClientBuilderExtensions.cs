using Fluxgate;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Polly;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides extension methods that send the requests of an <see cref="HttpClient"/> of HttpClientFactory through resilience pipelines.</summary>
/// <remarks>
/// <para>
/// They are for applications without Microsoft.Extensions.Http.Resilience. With it, use
/// <c>AddResilienceHandler("name", builder => builder.AddFluxgateBreaker(…))</c>.
/// </para>
/// <para>
/// A pipeline is built once for each client and container. HttpClientFactory creates new handlers every two minutes, but the pipeline and
/// the state of its breaker stay. Pipelines are built when the host starts, so the host does not start if a configuration is invalid. Without a
/// host, and for clients of <c>ConfigureHttpClientDefaults</c>, whose names are not known at startup, a pipeline is built when its client sends
/// the first request. If a build fails, the next request tries again. During the build, neither the configuration nor a listener in
/// <c>OnAttached</c> may send through the same client.
/// </para>
/// <para>
/// A pipeline runs until the headers of the response have arrived; reading the body is outside it. A retry sends the same request again, so
/// its content must allow this: buffered content does, a stream that cannot seek does not. Strategies find the request in the properties of
/// the context under <c>Resilience.Http.RequestMessage</c>.
/// </para>
/// </remarks>
public static class FluxgateHttpClientBuilderExtensions
{
    private const int DefaultMaxKeys = 100;

    /// <summary>Adds a handler that sends the requests of this client through a pipeline.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="pipeline">The pipeline. Other clients may use it too. It is not disposed.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IHttpClientBuilder AddFluxgateHandler(this IHttpClientBuilder builder, ResiliencePipeline<HttpResponseMessage> pipeline)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(pipeline);
        return builder.AddHttpMessageHandler(() => new FluxgateHandler(() => _ => pipeline));
    }

    /// <summary>Adds a handler that sends the requests of this client through a pipeline of the container, such as one of a <c>ResiliencePipelineProvider</c>.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="pipeline">Returns the pipeline. Called once for each container, with its root provider, when the host starts. The handler does not dispose the pipeline.</param>
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
                var provided = pipelines.Provided(registration, client, pipeline);
                return _ => provided;
            }
        );
    }

    /// <summary>Adds a handler that builds a pipeline for this client and sends its requests through it.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="configure">
    /// Adds the strategies. Called once for each container, with its root provider, when the host starts. The
    /// <see cref="ResiliencePipelineBuilderBase.Name"/> of the pipeline is the name of the client, and so is the default name of a breaker.
    /// The pipeline is disposed with the container.
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

    /// <summary>Adds a handler with one pipeline for each key of a request, such as the authority of the server, so that a server that fails does not affect the others.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="keyOf">Returns the key of a request: <see cref="HttpAuthority.Of"/> or your own function. Called for every request; must be thread-safe.</param>
    /// <param name="configure">
    /// Adds the strategies of the pipeline for a key. Called once for each key and container, with the root provider, when the first request
    /// with that key is sent. Keys are not known at startup, so errors are reported then. The name of the pipeline is that of the client and its
    /// instance name is the key; the default name of a breaker is <c>client/key</c>, or <c>key</c> for the client without a name. A default
    /// name of more than 256 characters is shortened to its first 223, <c>~</c> and a hash. The pipelines are disposed with the container.
    /// </param>
    /// <param name="maxKeys">The maximum number of keys with a pipeline of their own, at least 1. All further keys share one pipeline, whose key is <see cref="HttpAuthority.Others"/>.</param>
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
                                $"keyOf must not return null, but did for a request of the client '{client}'."
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
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, HandlerStartup>());
        if (builder.Name is { } client)
        {
            builder.Services.AddSingleton(new HandlerRegistration(client, pipelineOf));
        }

        // As AddHttpMessageHandler, but with the name of the client that is created: the name of the builder is null for the defaults.
        builder.Services.Configure<HttpClientFactoryOptions>(
            builder.Name,
            options =>
                options.HttpMessageHandlerBuilderActions.Add(handlers =>
                {
                    var (pipelines, client) = (handlers.Services.GetRequiredService<HandlerPipelines>(), handlers.Name ?? "");
                    handlers.AdditionalHandlers.Add(new FluxgateHandler(() => pipelineOf(pipelines, client)));
                })
        );
        return builder;
    }
}
