using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>
/// The fleet of the container. It is resolved when somebody looks for the first time, not when the dashboard is mapped: a fleet joins when it is resolved, and
/// its options are validated when the host starts.
/// </summary>
internal sealed class FleetSource
{
    private readonly IServiceProvider _services;

    private FleetSource(IServiceProvider services) => _services = services;

    public IFleetView View => _services.GetRequiredService<IFleetView>();

    public IFleetControl Control => _services.GetRequiredService<IFleetControl>();

    /// <summary>Returns the fleet; <see langword="null"/> if the container has none.</summary>
    public static FleetSource? Find(IServiceProvider services) =>
        services.GetService<IServiceProviderIsService>() is { } known
        && known.IsService(typeof(IFleetView))
        && known.IsService(typeof(IFleetControl))
            ? new(services)
            : null;
}
