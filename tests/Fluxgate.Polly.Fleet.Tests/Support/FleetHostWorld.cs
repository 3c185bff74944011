using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>Hosts in virtual time that share a store in memory.</summary>
internal sealed class FleetHostWorld : IAsyncDisposable
{
    private readonly List<IHost> _hosts = [];

    public FleetHostWorld()
    {
        Memory = new(Time);
        Store = new(Memory);
    }

    public VirtualTime Time { get; } = new();

    public InMemoryFleetStore Memory { get; }

    public FaultyStore Store { get; }

    public FleetEntries Log { get; } = new();

    public IReadOnlyList<IHost> Hosts => _hosts;

    /// <summary>Builds a host whose breakers are <c>payments</c>, and <c>tenants</c>, a group.</summary>
    public IHost Build(Action<FleetOptions>? configure = null, Action<IServiceCollection>? more = null, IConfiguration? section = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddLogging(logging => logging.AddProvider(Log));
        Action<FleetOptions> all = fleet =>
        {
            fleet.UseStore((_, _) => Store);
            if (section is null)
            {
                fleet.Name = "shop";
                fleet.Include("payments", "tenants");
            }

            configure?.Invoke(fleet);
        };
        if (section is null)
        {
            builder.Services.AddFluxgateFleet(all);
        }
        else
        {
            builder.Services.AddFluxgateFleet(section, all);
        }

        builder.Services.AddFluxgate().AddBreaker("payments").AddBreakerGroup("tenants");
        more?.Invoke(builder.Services);
        var host = builder.Build();
        _hosts.Add(host);
        return host;
    }

    public async Task<IHost> StartAsync(Action<FleetOptions>? configure = null, Action<IServiceCollection>? more = null)
    {
        var host = Build(configure, more);
        await host.StartAsync().WaitAsync(FleetWorld.Deadline);
        return host;
    }

    /// <summary>Lets virtual time run until a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="longest">How long the members may take for a step of it, if their store hangs.</param>
    public Task UntilAsync(Func<bool> condition, TimeSpan? longest = null) =>
        OtherThreads.UntilAsync(condition, () => Time.Advance(TimeSpan.FromMilliseconds(50)), IsIdle, longest);

    /// <summary>Lets some virtual time pass, and waits for what it causes.</summary>
    public Task PassAsync(TimeSpan time)
    {
        Time.Advance(time);
        return FinishAsync();
    }

    /// <summary>Waits until all members wait for their next exchange.</summary>
    public Task FinishAsync() => OtherThreads.UntilAsync(IsIdle);

    private bool IsIdle() => _hosts.All(host => host.Services.GetRequiredService<FleetLoop>().IsWaiting);

    public async ValueTask DisposeAsync()
    {
        Store.Before = null;
        foreach (var host in _hosts)
        {
            await host.StopAsync().WaitAsync(FleetWorld.Deadline);
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }
}
