using Fluxgate;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Microsoft.Extensions.DependencyInjection;

public static partial class FluxgateResilienceHttpClientBuilderExtensions
{
    /// <summary>
    /// Replaces the handler that <c>ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler())</c> has added to every client, as the
    /// service defaults of Aspire do, by the standard handler with a Fluxgate breaker and default options.
    /// </summary>
    /// <remarks>
    /// Each client has a pipeline of its own, and a breaker with its name: the settings are those under <c>Fluxgate:Breakers:&lt;client></c>, or the
    /// defaults of the container. The breaker of the client without a name is named <c>default</c>. Handlers that a single client adds remain in
    /// place. Call it after the call that adds Microsoft's handler; otherwise, the host does not start.
    /// </remarks>
    /// <param name="builder">The builder of <c>ConfigureHttpClientDefaults</c>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="builder"/> is that of a single client.</exception>
    /// <exception cref="InvalidOperationException">The defaults have a standard handler of this package already.</exception>
    /// <example>
    /// <code>
    /// builder.AddServiceDefaults();
    /// builder.Services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler());
    /// </code>
    /// </example>
    public static IHttpClientBuilder ReplaceStandardResilienceHandler(this IHttpClientBuilder builder) =>
        builder.ReplaceStandardResilienceHandler(static _ => { });

    /// <summary>Replaces the handler as the first overload does, with a group of the container and default options.</summary>
    /// <param name="builder">The builder of <c>ConfigureHttpClientDefaults</c>.</param>
    /// <param name="group">The name of the group. It must be defined, by <c>AddFluxgate</c> or in its configuration.</param>
    /// <param name="keySelector">Returns the key of a request, such as <see cref="HttpKey.Authority"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="builder"/> is that of a single client.</exception>
    /// <exception cref="InvalidOperationException">The defaults have a standard handler of this package already.</exception>
    public static IHttpClientBuilder ReplaceStandardResilienceHandler(
        this IHttpClientBuilder builder,
        string group,
        Func<ResilienceContext, string?> keySelector
    ) => builder.ReplaceStandardResilienceHandler(group, keySelector, static _ => { });

    /// <summary>Replaces the handler as the first overload does, and configures the options of all clients.</summary>
    /// <param name="builder">The builder of <c>ConfigureHttpClientDefaults</c>.</param>
    /// <param name="configure">Changes the options of all clients.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="builder"/> is that of a single client.</exception>
    /// <exception cref="InvalidOperationException">The defaults have a standard handler of this package already.</exception>
    public static IHttpClientBuilder ReplaceStandardResilienceHandler(
        this IHttpClientBuilder builder,
        Action<FluxgateStandardResilienceOptions> configure
    )
    {
        ArgumentNullException.ThrowIfNull(configure);
        Replace(builder, Circuit.OfClient, configure);
        return builder;
    }

    /// <summary>Replaces the handler as the first overload does, and reads the options of all clients from a section of the configuration.</summary>
    /// <param name="builder">The builder of <c>ConfigureHttpClientDefaults</c>.</param>
    /// <param name="section">A section with the keys of <see cref="FluxgateStandardResilienceOptions"/>. A section <c>CircuitBreaker</c> is an error.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="builder"/> is that of a single client.</exception>
    /// <exception cref="InvalidOperationException">The defaults have a standard handler of this package already.</exception>
    public static IHttpClientBuilder ReplaceStandardResilienceHandler(this IHttpClientBuilder builder, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        Read(Replace(builder, Circuit.OfClient, configure: null), section);
        return builder;
    }

    /// <summary>Replaces the handler as the first overload does, with a group of the container instead of a breaker for each client.</summary>
    /// <param name="builder">The builder of <c>ConfigureHttpClientDefaults</c>.</param>
    /// <param name="group">The name of the group. It must be defined, by <c>AddFluxgate</c> or in its configuration.</param>
    /// <param name="keySelector">Returns the key of a request, such as <see cref="HttpKey.Authority"/>.</param>
    /// <param name="configure">Changes the options of all clients.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="builder"/> is that of a single client.</exception>
    /// <exception cref="InvalidOperationException">The defaults have a standard handler of this package already.</exception>
    public static IHttpClientBuilder ReplaceStandardResilienceHandler(
        this IHttpClientBuilder builder,
        string group,
        Func<ResilienceContext, string?> keySelector,
        Action<FluxgateStandardResilienceOptions> configure
    )
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(keySelector);
        ArgumentNullException.ThrowIfNull(configure);
        Replace(builder, Circuit.Of(group, keySelector), configure);
        return builder;
    }

    private static IHttpResiliencePipelineBuilder Replace(
        IHttpClientBuilder builder,
        Circuit circuit,
        Action<FluxgateStandardResilienceOptions>? configure
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Name is { } client)
        {
            throw new ArgumentException(
                $"ReplaceStandardResilienceHandler must be called in ConfigureHttpClientDefaults, but the builder is that of the client '{client}'. Call AddFluxgateStandardResilienceHandler for a single client.",
                nameof(builder)
            );
        }

        ConfigureHandlers(builder, Remove);
        var pipeline = Add(builder, circuit, configure);
        ConfigureHandlers(builder, Move);
        return pipeline;
    }

    /// <summary>Removes Microsoft's handler, and marks its place. The handlers of single clients are added later.</summary>
    private static void Remove(HttpMessageHandlerBuilder handlers)
    {
        var found = handlers.AdditionalHandlers.Where(IsResilienceHandler).ToArray();
        if (found.Length != 1)
        {
            throw new InvalidOperationException(
                found.Length == 0
                    ? "ReplaceStandardResilienceHandler found no handler to replace. Call it after ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler()), which AddServiceDefaults() of Aspire calls."
                    : $"ReplaceStandardResilienceHandler must find one resilience handler in the defaults of HTTP clients, but found {found.Length}. Call AddStandardResilienceHandler once, and other resilience handlers after ReplaceStandardResilienceHandler."
            );
        }

        handlers.AdditionalHandlers[handlers.AdditionalHandlers.IndexOf(found[0])] = new ReplacedHandler();
    }

    /// <summary>Moves the handlers that were added last to the place of the one that was removed: outside of service discovery, for example.</summary>
    private static void Move(HttpMessageHandlerBuilder handlers)
    {
        var all = handlers.AdditionalHandlers;
        var added = all.Skip(all.Count - 2).ToArray();
        all.RemoveAt(all.Count - 1);
        all.RemoveAt(all.Count - 1);
        var place = all.IndexOf(all.First(handler => handler is ReplacedHandler));
        all[place] = added[0];
        all.Insert(place + 1, added[1]);
    }

#pragma warning disable EXTEXP0001 // The type is experimental. Nothing else tells the handlers of AddResilienceHandler from others.
    private static bool IsResilienceHandler(DelegatingHandler handler) => handler is ResilienceHandler;
#pragma warning restore EXTEXP0001

    private sealed class ReplacedHandler : DelegatingHandler;
}
