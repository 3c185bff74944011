using Fluxgate;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides extension methods that add the standard resilience handler with a Fluxgate breaker to the clients of HttpClientFactory.</summary>
/// <remarks>
/// <para>
/// The handler is one of <c>AddResilienceHandler</c>. It consists of the strategies of <c>AddStandardResilienceHandler</c>, in the same order and with
/// the same options, except for the breaker, which is one of the container. The <see cref="HttpClient.Timeout"/> of the client becomes infinite, because the total timeout
/// takes its place.
/// </para>
/// <para>
/// The clients are built when the host starts, so the host does not start if their options are invalid or the breaker is not defined. Pipelines
/// that are selected by a key are built at the first request with that key.
/// </para>
/// </remarks>
public static partial class FluxgateResilienceHttpClientBuilderExtensions
{
    private const string PipelineName = "fluxgate";

    /// <summary>Adds the standard handler with a breaker of the container and default options.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="breaker">The name of the breaker. It must be defined, by <c>AddFluxgate</c> or in its configuration.</param>
    /// <returns>A builder of the pipeline, on which <c>SelectPipelineByAuthority</c> and <c>SelectPipelineBy</c> work.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The client has a standard handler of this package already.</exception>
    public static IHttpResiliencePipelineBuilder AddFluxgateStandardResilienceHandler(this IHttpClientBuilder builder, string breaker) =>
        builder.AddFluxgateStandardResilienceHandler(breaker, static _ => { });

    /// <summary>Adds the standard handler with a group of the container and default options: each request finds its breaker by its key.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="group">The name of the group. It must be defined, by <c>AddFluxgate</c> or in its configuration.</param>
    /// <param name="keySelector">Returns the key of a request, such as <see cref="HttpKey.Authority"/>.</param>
    /// <returns>A builder of the pipeline, on which <c>SelectPipelineByAuthority</c> and <c>SelectPipelineBy</c> work.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The client has a standard handler of this package already.</exception>
    /// <example>
    /// <code>
    /// services.AddHttpClient("crawler").AddFluxgateStandardResilienceHandler("servers", HttpKey.Authority);
    /// </code>
    /// </example>
    public static IHttpResiliencePipelineBuilder AddFluxgateStandardResilienceHandler(
        this IHttpClientBuilder builder,
        string group,
        Func<ResilienceContext, string?> keySelector
    ) => builder.AddFluxgateStandardResilienceHandler(group, keySelector, static _ => { });

    /// <summary>Adds the standard handler with a breaker of the container, and configures its options.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="breaker">The name of the breaker. It must be defined, by <c>AddFluxgate</c> or in its configuration.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>A builder of the pipeline, on which <c>SelectPipelineByAuthority</c> and <c>SelectPipelineBy</c> work.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The client has a standard handler of this package already.</exception>
    public static IHttpResiliencePipelineBuilder AddFluxgateStandardResilienceHandler(
        this IHttpClientBuilder builder,
        string breaker,
        Action<FluxgateStandardResilienceOptions> configure
    )
    {
        ArgumentNullException.ThrowIfNull(breaker);
        ArgumentNullException.ThrowIfNull(configure);
        return Add(builder, Circuit.Named(breaker), configure);
    }

    /// <summary>Adds the standard handler with a breaker of the container, and reads its options from a section of the configuration.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="breaker">The name of the breaker. It must be defined, by <c>AddFluxgate</c> or in its configuration.</param>
    /// <param name="section">
    /// A section with the keys of <see cref="FluxgateStandardResilienceOptions"/>. A change takes effect without a restart; an invalid one does not. A section
    /// <c>CircuitBreaker</c> is an error: the rules are the settings of the breaker.
    /// </param>
    /// <returns>A builder of the pipeline, on which <c>SelectPipelineByAuthority</c> and <c>SelectPipelineBy</c> work.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The client has a standard handler of this package already.</exception>
    public static IHttpResiliencePipelineBuilder AddFluxgateStandardResilienceHandler(
        this IHttpClientBuilder builder,
        string breaker,
        IConfigurationSection section
    )
    {
        ArgumentNullException.ThrowIfNull(breaker);
        ArgumentNullException.ThrowIfNull(section);
        var pipeline = Add(builder, Circuit.Named(breaker), configure: null);
        Read(pipeline, section);
        return pipeline;
    }

    /// <summary>Adds the standard handler with a group of the container, and configures its options.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="group">The name of the group. It must be defined, by <c>AddFluxgate</c> or in its configuration.</param>
    /// <param name="keySelector">Returns the key of a request, such as <see cref="HttpKey.Authority"/>.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>A builder of the pipeline, on which <c>SelectPipelineByAuthority</c> and <c>SelectPipelineBy</c> work.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The client has a standard handler of this package already.</exception>
    public static IHttpResiliencePipelineBuilder AddFluxgateStandardResilienceHandler(
        this IHttpClientBuilder builder,
        string group,
        Func<ResilienceContext, string?> keySelector,
        Action<FluxgateStandardResilienceOptions> configure
    )
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(keySelector);
        ArgumentNullException.ThrowIfNull(configure);
        return Add(builder, Circuit.Of(group, keySelector), configure);
    }

    /// <summary>Adds the standard handler with a group of the container, and reads its options from a section of the configuration.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="group">The name of the group. It must be defined, by <c>AddFluxgate</c> or in its configuration.</param>
    /// <param name="keySelector">Returns the key of a request, such as <see cref="HttpKey.Authority"/>.</param>
    /// <param name="section">A section with the keys of <see cref="FluxgateStandardResilienceOptions"/>, as for a single breaker.</param>
    /// <returns>A builder of the pipeline, on which <c>SelectPipelineByAuthority</c> and <c>SelectPipelineBy</c> work.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The client has a standard handler of this package already.</exception>
    public static IHttpResiliencePipelineBuilder AddFluxgateStandardResilienceHandler(
        this IHttpClientBuilder builder,
        string group,
        Func<ResilienceContext, string?> keySelector,
        IConfigurationSection section
    )
    {
        ArgumentNullException.ThrowIfNull(section);
        var pipeline = builder.AddFluxgateStandardResilienceHandler(group, keySelector);
        Read(pipeline, section);
        return pipeline;
    }

    private static void Read(IHttpResiliencePipelineBuilder pipeline, IConfigurationSection section)
    {
        pipeline.Services.AddSingleton<IConfigureOptions<FluxgateStandardResilienceOptions>>(
            new StandardSection(pipeline.PipelineName, section)
        );
        pipeline.Services.AddSingleton<IOptionsChangeTokenSource<FluxgateStandardResilienceOptions>>(
            new ConfigurationChangeTokenSource<FluxgateStandardResilienceOptions>(pipeline.PipelineName, section)
        );
    }

    private static IHttpResiliencePipelineBuilder Add(
        IHttpClientBuilder builder,
        Circuit circuit,
        Action<FluxgateStandardResilienceOptions>? configure
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        RequireFirst(builder);

        // First, so that invalid settings are reported as such and not as the failure of a client that needs the breaker.
        builder.Services.AddFluxgate();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ClientStartup>());
        builder.Services.AddSingleton(new StartupClient(builder.Name, circuit.Require));
        builder.ConfigureHttpClient(static client => client.Timeout = Timeout.InfiniteTimeSpan);
        if (builder.Name is null)
        {
            ConfigureHandlers(builder, static handlers => handlers.AdditionalHandlers.Add(new ClientNameHandler(handlers.Name ?? "")));
        }

        // Not named "standard": two pipelines of one name are one, that which was added first.
        var name = "";
        var pipeline = builder.AddResilienceHandler(
            PipelineName,
            (pipeline, context) =>
            {
                context.EnableReloads<FluxgateStandardResilienceOptions>(name);
                StandardPipeline.Build(pipeline, context, context.GetOptions<FluxgateStandardResilienceOptions>(name), circuit);
            }
        );
        name = pipeline.PipelineName;
        pipeline.Services.AddOptionsWithValidateOnStart<FluxgateStandardResilienceOptions, StandardOptionsValidator>(name);
        if (configure is not null)
        {
            pipeline.Services.Configure(name, configure);
        }

        if (builder.Name is null)
        {
            pipeline.SelectPipelineBy(static _ => ClientNameHandler.NameOf);
        }

        return pipeline;
    }

    private static void RequireFirst(IHttpClientBuilder builder)
    {
        if (builder.Services.Any(service => service.ImplementationInstance is StartupClient client && client.Name == builder.Name))
        {
            throw new InvalidOperationException(
                builder.Name is null
                    ? "The defaults of HTTP clients have a standard resilience handler of Fluxgate already."
                    : $"The HTTP client '{builder.Name}' has a standard resilience handler of Fluxgate already."
            );
        }
    }

    /// <summary>Adds an action that changes the handlers of a client, or of each client for the defaults, with the name of that client.</summary>
    private static void ConfigureHandlers(IHttpClientBuilder builder, Action<HttpMessageHandlerBuilder> configure) =>
        builder.Services.Configure<HttpClientFactoryOptions>(
            builder.Name,
            options => options.HttpMessageHandlerBuilderActions.Add(configure)
        );
}
