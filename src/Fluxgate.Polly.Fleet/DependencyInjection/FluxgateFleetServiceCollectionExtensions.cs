using Fluxgate;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides extension methods that make the breakers of a container members of a fleet.</summary>
public static class FluxgateFleetServiceCollectionExtensions
{
    /// <summary>
    /// Makes breakers and groups of the container members of a fleet, and adds <see cref="IFleetView"/> and <see cref="IFleetControl"/>. Further calls add to the first: a container
    /// belongs to one fleet.
    /// </summary>
    /// <param name="services">The services. The breakers are those of <c>AddFluxgate</c>, which may be called before or after.</param>
    /// <param name="configure">Sets the name, the store, and the breakers that are included. It is called once, when the host starts.</param>
    /// <returns>The same services.</returns>
    /// <remarks>
    /// With a host, the member starts before the hosted services, and waits for the directives for <see cref="FleetOptions.StartupTimeout"/> at most. Without a host, it starts
    /// when <see cref="IFleetView"/> or <see cref="IFleetControl"/> is resolved, and nothing waits. The clock is the <see cref="TimeProvider"/> of the container, or the system's.
    /// </remarks>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateFleet(this IServiceCollection services, Action<FleetOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, new(null, configure));
    }

    /// <summary>Makes breakers members of a fleet as <see cref="AddFluxgateFleet(IServiceCollection, Action{FleetOptions})"/> does, with options from a section of the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">
    /// Usually <c>configuration.GetSection("Fluxgate:Fleet")</c>. It is read once, and may contain <c>Name</c>, <c>Zone</c>, <c>MemberId</c>, <c>Interval</c>, <c>StartupTimeout</c>
    /// (durations such as <c>2s</c>), <c>DirectivesFile</c> and <c>Include</c>, a list of breakers and groups. Other keys are errors.
    /// </param>
    /// <param name="configure">Changes the options afterwards; it usually sets the store.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="section"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateFleet(
        this IServiceCollection services,
        IConfiguration section,
        Action<FleetOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        return Add(services, new(section, configure));
    }

    private static IServiceCollection Add(IServiceCollection services, FleetSetup setup)
    {
        // First, because hosted services start in the order of their registration: the breakers are created before their fleet.
        services.AddFluxgate();
        services.AddSingleton(setup);
        services.TryAddSingleton(provider => FleetSetup.Build(provider.GetServices<FleetSetup>()));
        services.TryAddSingleton(provider =>
        {
            var options = provider.GetRequiredService<FleetOptions>();
            return new FleetStoreHolder(
                options.Store!(provider, options) ?? throw new InvalidOperationException("Store must return a store, but returned null.")
            );
        });
        services.TryAddSingleton(CreateMember);
        services.TryAddSingleton(provider => new FleetLoop(
            provider.GetRequiredService<FleetMember>(),
            provider.GetRequiredService<FleetOptions>(),
            Log(provider)
        ));
        services.TryAddSingleton<IFleetView>(provider =>
        {
            var view = new FleetView(provider.GetRequiredService<FleetMember>());
            provider.GetRequiredService<FleetLoop>().Start();
            return view;
        });
        services.TryAddSingleton<IFleetControl>(provider =>
        {
            var loop = provider.GetRequiredService<FleetLoop>();
            loop.Start();
            return new FleetControl(provider.GetRequiredService<FleetMember>(), loop.Wake, Log(provider));
        });
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, FleetHost>());
        return services;
    }

    private static FleetMember CreateMember(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<FleetOptions>();
        var circuits = new FleetCircuits(provider.GetRequiredService<FluxgateBreakers>(), options.Included);
        return new(
            options,
            provider.GetRequiredService<FleetStoreHolder>().Store,
            circuits.Read,
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            Log(provider)
        );
    }

    private static ILogger Log(IServiceProvider provider) => FleetLog.Of(provider.GetService<ILoggerFactory>());
}
