using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>A member of a fleet on Redis, with a container, a connection and a breaker <c>payments</c> of its own.</summary>
internal sealed class RedisFleetMember : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly ConcurrentDictionary<BreakerState, long> _exchanges = new();

    public RedisFleetMember(Action<FleetOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(Log));
        services
            .AddFluxgate()
            .AddBreaker(
                "payments",
                settings => settings.Listeners.Add(signal => _exchanges[signal.NewState] = View?.Status.Exchanges ?? 0)
            );
        services.AddFluxgateFleet(fleet =>
        {
            fleet.Name = "shop";
            fleet.Include("payments");
            configure(fleet);
        });
        _services = services.BuildServiceProvider();
        Breaker = _services.GetRequiredService<FluxgateBreakers>()["payments"];
        View = _services.GetRequiredService<IFleetView>();
        Control = _services.GetRequiredService<IFleetControl>();
    }

    public FleetEntries Log { get; } = new();

    public FluxgateBreaker Breaker { get; }

    public IFleetView View { get; }

    public IFleetControl Control { get; }

    /// <summary>Returns how many exchanges the member had made when its breaker last changed to a state.</summary>
    public long ExchangesAt(BreakerState state) => _exchanges.GetValueOrDefault(state);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
