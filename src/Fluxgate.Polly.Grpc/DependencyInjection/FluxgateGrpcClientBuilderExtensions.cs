using System.Runtime.CompilerServices;
using Fluxgate;
using Grpc.Net.ClientFactory;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides extension methods that send the calls of a gRPC client through a breaker.</summary>
/// <remarks>
/// They add a <see cref="FluxgateInterceptor"/> for the channel of the client. Interceptors that are added before it are outside, and their retries
/// pass the breaker each time; those that are added after it, and the retries of a service config, are inside. For a breaker that is not the
/// container's, call <c>AddInterceptor(() => new FluxgateInterceptor(breaker))</c>.
/// </remarks>
public static class FluxgateGrpcClientBuilderExtensions
{
    /// <summary>Sends all calls of the client through a breaker of the container.</summary>
    /// <param name="builder">The builder that <c>AddGrpcClient</c> returned. <c>services.AddFluxgate(…)</c> must be called for the container.</param>
    /// <param name="breaker">The name of the breaker. If it is not defined, the host does not start; without a host, creating the client throws.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The builder is not that of a gRPC client.</exception>
    /// <example>
    /// <code>
    /// services.AddGrpcClient&lt;Payments.PaymentsClient>(client => client.Address = address).AddFluxgateBreaker("payments");
    /// </code>
    /// </example>
    public static IHttpClientBuilder AddFluxgateBreaker(this IHttpClientBuilder builder, string breaker) =>
        builder.AddFluxgateBreaker(breaker, new FluxgateInterceptorOptions());

    /// <summary>Sends all calls of the client through a breaker of the container, with options.</summary>
    /// <param name="builder">The builder that <c>AddGrpcClient</c> returned. <c>services.AddFluxgate(…)</c> must be called for the container.</param>
    /// <param name="breaker">The name of the breaker. If it is not defined, the host does not start; without a host, creating the client throws.</param>
    /// <param name="options">The options, which are copied.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option is out of range or missing.</exception>
    /// <exception cref="InvalidOperationException">The builder is not that of a gRPC client.</exception>
    [OverloadResolutionPriority(1)]
    public static IHttpClientBuilder AddFluxgateBreaker(this IHttpClientBuilder builder, string breaker, FluxgateInterceptorOptions options)
    {
        ArgumentNullException.ThrowIfNull(breaker);
        ArgumentNullException.ThrowIfNull(options);
        var copy = options.CopyValid();
        return Add(builder, services => new(BreakersOf(services, breaker)[breaker], copy));
    }

    /// <summary>Sends each call of the client through the breaker of its key in a group of the container.</summary>
    /// <param name="builder">The builder that <c>AddGrpcClient</c> returned. <c>services.AddFluxgate(…)</c> must be called for the container.</param>
    /// <param name="group">The name of the group. If it is not defined, the host does not start; without a host, creating the client throws.</param>
    /// <param name="keySelector">Returns the key of a call: a method of <see cref="GrpcKey"/> or your own. A call for which it returns <see langword="null"/> or throws uses the <see cref="BreakerGroup.Shared"/> breaker.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The builder is not that of a gRPC client.</exception>
    /// <example>
    /// <code>
    /// services.AddGrpcClient&lt;Payments.PaymentsClient>(client => client.Address = address).AddFluxgateBreaker("payments", GrpcKey.Method);
    /// </code>
    /// </example>
    public static IHttpClientBuilder AddFluxgateBreaker(
        this IHttpClientBuilder builder,
        string group,
        Func<GrpcCallInfo, string?> keySelector
    ) => builder.AddFluxgateBreaker(group, keySelector, new());

    /// <summary>Sends each call of the client through the breaker of its key in a group of the container, with options.</summary>
    /// <param name="builder">The builder that <c>AddGrpcClient</c> returned. <c>services.AddFluxgate(…)</c> must be called for the container.</param>
    /// <param name="group">The name of the group. If it is not defined, the host does not start; without a host, creating the client throws.</param>
    /// <param name="keySelector">Returns the key of a call: a method of <see cref="GrpcKey"/> or your own. A call for which it returns <see langword="null"/> or throws uses the <see cref="BreakerGroup.Shared"/> breaker.</param>
    /// <param name="options">The options, which are copied.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option is out of range or missing.</exception>
    /// <exception cref="InvalidOperationException">The builder is not that of a gRPC client.</exception>
    public static IHttpClientBuilder AddFluxgateBreaker(
        this IHttpClientBuilder builder,
        string group,
        Func<GrpcCallInfo, string?> keySelector,
        FluxgateInterceptorOptions options
    )
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(keySelector);
        ArgumentNullException.ThrowIfNull(options);
        var copy = options.CopyValid();
        return Add(
            builder,
            services => new(BreakersOf(services, group).GetGroup(group), keySelector, copy, AddressOf(services, builder.Name))
        );
    }

    private static IHttpClientBuilder Add(IHttpClientBuilder builder, Func<IServiceProvider, FluxgateInterceptor> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        try
        {
            builder.AddInterceptor(create);
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidOperationException(
                $"AddFluxgateBreaker must be called on the builder of a gRPC client, which AddGrpcClient returns, but '{builder.Name}' is none.",
                error
            );
        }

        builder.Services.AddSingleton(new GrpcClientRegistration(builder.Name, create));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, GrpcClientStartup>());
        return builder;
    }

    private static FluxgateBreakers BreakersOf(IServiceProvider services, string name) =>
        services.GetService<FluxgateBreakers>()
        ?? throw new InvalidOperationException(
            $"The breaker '{name}' was not found, because the container has no breakers. Call services.AddFluxgate(…) when you configure the container."
        );

    private static Uri? AddressOf(IServiceProvider services, string client) =>
        services.GetRequiredService<IOptionsMonitor<GrpcClientFactoryOptions>>().Get(client).Address;
}
