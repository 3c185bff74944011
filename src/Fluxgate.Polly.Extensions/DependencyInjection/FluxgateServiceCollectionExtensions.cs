using Fluxgate;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly.Telemetry;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds named Fluxgate circuit breakers to a container.</summary>
public static class FluxgateServiceCollectionExtensions
{
    /// <summary>
    /// Adds the directory <see cref="FluxgateBreakers"/>, <see cref="FluxgateBreaker"/> as a keyed service by its name, and the settings as
    /// <c>IOptionsMonitor&lt;FluxgateBreakerSettings&gt;</c>. Further calls are harmless and add to the first.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <returns>A builder that names breakers.</returns>
    /// <remarks>
    /// Settings are validated and breakers made when the host starts, without a host on first use. The clock is the container's
    /// <see cref="TimeProvider"/> where it has one, else the system's.
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static FluxgateBuilder AddFluxgate(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<FluxgateBreakerSettings>, SettingsLayers>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FluxgateBreakerSettings>, SettingsValidation>());
        services.TryAddSingleton<BreakerNames>();
        services.TryAddSingleton<NameChecks>();
        services.TryAddSingleton<SettingsMonitor>();
        services.TryAddSingleton<IOptionsMonitor<FluxgateBreakerSettings>>(provider => provider.GetRequiredService<SettingsMonitor>());
        services.TryAddSingleton<ContainerListeners>();
        services.TryAddSingleton<BreakerDisposer>();
        services.TryAddSingleton(provider => new FluxgateBreakers(
            provider.GetRequiredService<BreakerNames>(),
            provider.GetRequiredService<NameChecks>(),
            provider.GetRequiredService<SettingsMonitor>(),
            provider.GetRequiredService<ContainerListeners>(),
            provider.GetService<TimeProvider>(),
            provider.GetService<ILoggerFactory>()
        ));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<TelemetryOptions>, CircuitsInPollysMetrics>());
        services.TryAddKeyedSingleton(KeyedService.AnyKey, Keyed);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BreakersAtStart>());
        return new(services);
    }

    /// <summary>As <see cref="AddFluxgate(IServiceCollection)"/>, and reads defaults and breakers from a section of the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">Usually <c>configuration.GetSection("Fluxgate")</c>; see <see cref="FluxgateBuilder.AddConfiguration"/>.</param>
    /// <returns>A builder that names breakers.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static FluxgateBuilder AddFluxgate(this IServiceCollection services, IConfiguration section) =>
        services.AddFluxgate().AddConfiguration(section);

    /// <summary>As <see cref="AddFluxgate(IServiceCollection)"/>, and hands the builder to a callback.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Names breakers.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static FluxgateBuilder AddFluxgate(this IServiceCollection services, Action<FluxgateBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = services.AddFluxgate();
        configure(builder);
        return builder;
    }

    private static FluxgateBreaker Keyed(IServiceProvider provider, object? key) =>
        key is string name
            ? provider.GetRequiredService<FluxgateBreakers>()[name]
            : throw new InvalidOperationException(
                $"The key of a FluxgateBreaker must be its name, a string, but is {(key is null ? "null" : $"{key} ({key.GetType().Name})")}."
            );
}
