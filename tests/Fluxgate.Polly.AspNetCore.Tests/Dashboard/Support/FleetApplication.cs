using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fluxgate;

/// <summary>A fleet in one process: an application with the dashboard, which is the member "web", and further members without one. All share a store in memory.</summary>
internal sealed class FleetApplication : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(50);

    private readonly List<IHost> _hosts = [];
    private readonly VirtualTime? _time;

    private FleetApplication(VirtualTime? time)
    {
        _time = time;
        Memory = new((TimeProvider?)time ?? TimeProvider.System);
        Store = new(Memory);
    }

    public DashboardApplication Web { get; private set; } = null!;

    public InMemoryFleetStore Memory { get; }

    /// <summary>Gets the store of the member "web", which can fail.</summary>
    public FaultyStore Store { get; }

    public IFleetControl Control => Web.Services.GetRequiredService<IFleetControl>();

    public IFleetView View => Web.Services.GetRequiredService<IFleetView>();

    /// <summary>Gets the breakers "payments" of all members, that of the application first.</summary>
    public IEnumerable<FluxgateBreaker> Payments =>
        _hosts.Select(host => host.Services.GetRequiredService<FluxgateBreakers>()["payments"]).Prepend(Web.Payments);

    /// <summary>Gets the groups "tenants" of all members, that of the application first.</summary>
    public IEnumerable<BreakerGroup> Groups =>
        _hosts.Select(host => host.Services.GetRequiredService<FluxgateBreakers>().GetGroup("tenants")).Prepend(Web.Tenants);

    /// <param name="others">The number of members without a dashboard.</param>
    /// <param name="configure">Sets the options of the dashboard.</param>
    /// <param name="services">Registers services of the application.</param>
    /// <param name="map">Maps further endpoints.</param>
    /// <param name="time">The clock; by default the system's.</param>
    /// <param name="name">The name of the fleet.</param>
    public static async Task<FleetApplication> StartAsync(
        int others = 2,
        Action<FluxgateDashboardOptions>? configure = null,
        Action<IServiceCollection>? services = null,
        Action<Microsoft.AspNetCore.Builder.WebApplication>? map = null,
        VirtualTime? time = null,
        string name = "shop"
    )
    {
        var fleet = new FleetApplication(time);
        fleet.Web = await DashboardApplication.StartAsync(
            configure,
            all =>
            {
                all.AddFluxgateFleet(options => fleet.Join(options, name, "web", "eu-1a", fleet.Store));
                services?.Invoke(all);
            },
            map,
            time
        );
        for (var number = 1; number <= others; number++)
        {
            await fleet.AddAsync($"member {number}", "eu-1b", name);
        }

        await fleet.UntilAsync(() => fleet.View.Summary?.Members == others + 1, "a summary of all members");
        return fleet;
    }

    /// <summary>Adds a member.</summary>
    public async Task<IHost> AddAsync(string id, string zone, string name = "shop", IFleetStore? store = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        if (_time is not null)
        {
            builder.Services.AddSingleton<TimeProvider>(_time);
        }

        builder.Services.AddFluxgate().AddBreaker("payments").AddBreakerGroup("tenants");
        builder.Services.AddFluxgateFleet(options => Join(options, name, id, zone, store ?? Memory));
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync().WaitAsync(Deadline);
        return host;
    }

    /// <summary>Lets the clock move until a condition holds.</summary>
    public async Task UntilAsync(Func<bool> condition, string what, bool advances = true)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < Deadline, $"Not reached in time: {what}");
            await (advances ? AdvanceAsync() : Task.Delay(1));
        }
    }

    /// <summary>Lets the clock move until a response of the API shows what a test waits for.</summary>
    public async Task<JsonElement> UntilShownAsync(string path, Func<JsonElement, bool> condition)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var shown = await Web.GetAsync(path);
            if (condition(shown))
            {
                return shown;
            }

            Assert.True(waited.Elapsed < Deadline, $"Not shown in time by {path}");
            await AdvanceAsync();
        }
    }

    /// <summary>Lets the clock move until a task has ended, also while members wait for a store that hangs.</summary>
    public async Task<T> WithTimeAsync<T>(Task<T> task)
    {
        await UntilAsync(
            () =>
            {
                _time?.Advance(Step);
                return task.IsCompleted;
            },
            "the response",
            advances: false
        );
        return await task;
    }

    /// <summary>Waits until nothing happens before the clock moves.</summary>
    public Task FinishAsync() => UntilAsync(IsIdle, "all members wait", advances: false);

    /// <summary>Steers "payments" in all members, as code does.</summary>
    public async Task<long> IssueAsync(FleetAction action, string by = "ann")
    {
        var order = new FleetOrder(action)
        {
            Circuits = "payments",
            Reason = "drill",
            By = by,
        };
        var result = await Control.IssueAsync(order).WaitAsync(Deadline);
        Assert.True(result.IsAccepted);
        return result.Current.Revision;
    }

    public Task UntilAllAsync(BreakerState state) =>
        UntilAsync(() => Payments.All(breaker => breaker.State == state), $"{state} in all members");

    public async ValueTask DisposeAsync()
    {
        Store.Before = null;
        foreach (var host in _hosts)
        {
            await host.StopAsync().WaitAsync(Deadline);
            await ((IAsyncDisposable)host).DisposeAsync();
        }

        await Web.DisposeAsync();
    }

    /// <summary>Lets the clock move a little when all members wait for it, or after 50 ms: virtual time does not run ahead of members on a busy machine.</summary>
    private async Task AdvanceAsync()
    {
        var turn = Stopwatch.StartNew();
        do
        {
            await Task.Delay(1);
        } while (_time is not null && !IsIdle() && turn.Elapsed < LongestTurn);

        _time?.Advance(Step);
    }

    private bool IsIdle() =>
        _hosts.Select(host => host.Services).Prepend(Web.Services).All(services => services.GetRequiredService<FleetLoop>().IsWaiting);

    private void Join(FleetOptions options, string name, string id, string zone, IFleetStore store)
    {
        (options.Name, options.MemberId, options.Zone) = (name, id, zone);
        options.Include("payments", "tenants").UseStore((_, _) => store);
    }
}
