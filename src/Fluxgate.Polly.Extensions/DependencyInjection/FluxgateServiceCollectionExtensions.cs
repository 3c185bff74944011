using Fluxgate;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly.Telemetry;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides extension methods that add named circuit breakers to a container.</summary>
public static class FluxgateServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="FluxgateBreakers"/>, each <see cref="FluxgateBreaker"/> and each <see cref="BreakerGroup"/> as a keyed service by its name, and the settings as
    /// <c>IOptionsMonitor&lt;FluxgateBreakerSettings&gt;</c>. Further calls add to the first.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <returns>A builder that adds breakers.</returns>
    /// <remarks>
    /// Settings are validated and breakers are created when the host starts, or on first use without a host. The clock is the
    /// <see cref="TimeProvider"/> of the container, or the system's if it has none. When the host begins to stop, which cancels calls, the
    /// breakers ignore the calls that their callers abandon.
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static FluxgateBuilder AddFluxgate(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<FluxgateBreakerSettings>, SettingsReader>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FluxgateBreakerSettings>, SettingsValidator>());
        services.TryAddSingleton<BreakerNames>();
        services.TryAddSingleton<ConfigurationWarnings>();
        services.TryAddSingleton<SettingsMonitor>();
        services.TryAddSingleton<IOptionsMonitor<FluxgateBreakerSettings>>(provider => provider.GetRequiredService<SettingsMonitor>());
        services.TryAddSingleton<ContainerListeners>();
        services.TryAddSingleton<BreakerDisposer>();
        services.TryAddSingleton(provider => new FluxgateBreakers(
            provider.GetRequiredService<BreakerNames>(),
            provider.GetRequiredService<ConfigurationWarnings>(),
            provider.GetRequiredService<SettingsMonitor>(),
            provider.GetRequiredService<ContainerListeners>(),
            provider.GetService<TimeProvider>(),
            provider.GetService<ILoggerFactory>(),
            provider.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default
        ));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<TelemetryOptions>, MeteringEnricherSetup>());
        services.TryAddKeyedSingleton(KeyedService.AnyKey, (provider, key) => Breakers(provider)[NameOf<FluxgateBreaker>(key)]);
        services.TryAddKeyedSingleton(KeyedService.AnyKey, (provider, key) => Breakers(provider).GetGroup(NameOf<BreakerGroup>(key)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BreakerStartup>());
        return new(services);
    }

    /// <summary>Adds breakers as <see cref="AddFluxgate(IServiceCollection)"/> does, and reads defaults and breakers from a section of the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">Usually <c>configuration.GetSection("Fluxgate")</c>; see <see cref="FluxgateBuilder.AddConfiguration"/>.</param>
    /// <returns>A builder that adds breakers.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static FluxgateBuilder AddFluxgate(this IServiceCollection services, IConfiguration section) =>
        services.AddFluxgate().AddConfiguration(section);

    /// <summary>Adds breakers as <see cref="AddFluxgate(IServiceCollection)"/> does, and calls a callback with the builder.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Adds breakers to the builder.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static FluxgateBuilder AddFluxgate(this IServiceCollection services, Action<FluxgateBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = services.AddFluxgate();
        configure(builder);
        return builder;
    }

    private static FluxgateBreakers Breakers(IServiceProvider provider) => provider.GetRequiredService<FluxgateBreakers>();

    private static string NameOf<T>(object? key) =>
        key as string
        ?? throw new InvalidOperationException(
            $"The key of a {typeof(T).Name} must be its name, a string, but is {(key is null ? "null" : $"{key} ({key.GetType().Name})")}."
        );
}
