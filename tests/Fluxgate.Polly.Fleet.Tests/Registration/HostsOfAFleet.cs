using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Fluxgate;

/// <summary>Members in hosts: how they start, obey, and stop.</summary>
[Collection(nameof(OtherThreads))]
public sealed class HostsOfAFleet
{
    [Fact]
    public async Task Directives_are_known_before_the_hosted_services_start()
    {
        await using var world = new FleetHostWorld();
        var first = await world.StartAsync();
        var result = await first.Services.GetRequiredService<IFleetControl>().IssueAsync(FleetWorld.Order(FleetAction.ForceOpen));
        Assert.True(result.IsAccepted);

        BreakerState? seen = null;
        await world.StartAsync(more: services =>
            services.Insert(0, Observer(onStart: provider => seen = provider.GetRequiredService<FluxgateBreakers>()["payments"].State))
        );

        Assert.Equal(BreakerState.ForcedOpen, seen);
    }

    [Fact]
    public async Task The_host_waits_two_seconds_at_most_for_a_store_that_hangs()
    {
        await using var world = new FleetHostWorld();
        var entered = new TaskCompletionSource();
        world.Store.Before = token =>
        {
            entered.TrySetResult();
            return Task.Delay(Timeout.Infinite, token);
        };
        var host = world.Build();
        var begin = world.Time.GetTimestamp();

        var start = host.StartAsync();
        await entered.Task.WaitAsync(FleetWorld.Deadline);
        Assert.False(start.IsCompleted);
        world.Time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.False(start.IsCompleted);
        await world.UntilAsync(() => start.IsCompleted, OtherThreads.LongestTurn);
        await start;

        Assert.InRange(world.Time.GetElapsedTime(begin), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
        Assert.Equal(
            "The host starts without the directives of the fleet 'shop': its store has not responded within 2s.",
            Assert.Single(world.Log.Of(204))
        );
        Assert.True(host.Services.GetRequiredService<FluxgateBreakers>()["payments"].TryAdmit(out var admission));
        admission.Settle(Verdict.Success);
    }

    [Fact]
    public async Task Without_a_host_the_member_starts_when_the_view_is_resolved()
    {
        await using var world = new FleetHostWorld();
        var never = new TaskCompletionSource();
        world.Store.Before = _ => never.Task;
        var host = world.Build();

        host.Services.GetRequiredService<FluxgateBreakers>()["payments"].Admit().Settle(Verdict.Success);
        Assert.Equal(0, world.Store.Commands);
        var view = host.Services.GetRequiredService<IFleetView>();
        await world.UntilAsync(() => world.Store.Commands > 0, OtherThreads.LongestTurn);

        Assert.False(view.Status.IsConnected);
        never.SetResult();
        await world.UntilAsync(() => view.Status.IsConnected);
    }

    [Fact]
    public async Task Hosts_obey_a_directive_and_its_release()
    {
        await using var world = new FleetHostWorld();
        var hosts = new[] { await world.StartAsync(), await world.StartAsync(), await world.StartAsync() };
        var breakers = hosts.Select(host => host.Services.GetRequiredService<FluxgateBreakers>()["payments"]).ToArray();
        var control = hosts[2].Services.GetRequiredService<IFleetControl>();

        await control.IssueAsync(FleetWorld.Order(FleetAction.Disable));
        await world.UntilAsync(() => breakers.All(breaker => breaker.State == BreakerState.Disabled));
        await control.IssueAsync(FleetWorld.Order(FleetAction.Release, "*"));
        await world.UntilAsync(() => breakers.All(breaker => breaker.State == BreakerState.Closed));

        // A breaker changes its state before the member logs that it obeyed.
        await world.UntilAsync(() => world.Log.Of(205).Count() >= 6);
        Assert.Equal(2, world.Log.Of(213).Count());
        Assert.Equal(6, world.Log.Of(205).Count());
    }

    [Fact]
    public async Task A_directive_ends_between_two_exchanges_of_a_slow_fleet()
    {
        await using var world = new FleetHostWorld();
        var host = await world.StartAsync(fleet => fleet.Interval = TimeSpan.FromMinutes(1));
        var breaker = host.Services.GetRequiredService<FluxgateBreakers>()["payments"];
        await host
            .Services.GetRequiredService<IFleetControl>()
            .IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, duration: TimeSpan.FromSeconds(5)));
        await world.UntilAsync(() => breaker.State == BreakerState.ForcedOpen);

        // What the hint of the order has caused is over.
        await world.PassAsync(TimeSpan.FromSeconds(1));
        var commands = world.Store.Commands;
        await world.PassAsync(TimeSpan.FromSeconds(6));

        Assert.Equal(BreakerState.HalfOpen, breaker.State);
        Assert.Equal(commands, world.Store.Commands);
    }

    [Fact]
    public async Task A_host_that_stops_leaves_the_fleet()
    {
        await using var world = new FleetHostWorld();
        var host = await world.StartAsync();
        await world.StartAsync();
        Assert.Equal(2, (await world.Memory.ReadDigestsAsync()).Count);

        await host.StopAsync().WaitAsync(FleetWorld.Deadline);

        Assert.Single(await world.Memory.ReadDigestsAsync());
    }

    [Fact]
    public async Task A_member_stays_in_the_fleet_until_the_hosted_services_have_stopped()
    {
        await using var world = new FleetHostWorld();
        int? seen = null;
        var host = await world.StartAsync(more: services =>
            services.Insert(0, Observer(onStop: async () => seen = (await world.Memory.ReadDigestsAsync()).Count))
        );

        await host.StopAsync().WaitAsync(FleetWorld.Deadline);

        Assert.Equal(1, seen);
        Assert.Empty(await world.Memory.ReadDigestsAsync());
    }

    [Fact]
    public async Task A_container_can_be_disposed_without_a_host()
    {
        await using var world = new FleetHostWorld();
        var services = new ServiceCollection();
        services.AddFluxgate().AddBreaker("payments");
        services.AddFluxgateFleet(fleet =>
        {
            fleet.Name = "shop";
            fleet.UseInMemory(world.Memory).Include("payments");
        });
        var provider = services.BuildServiceProvider();
        _ = provider.GetRequiredService<IFleetView>();

        provider.Dispose();
    }

    [Fact]
    public async Task The_health_check_has_the_data_of_the_fleet()
    {
        await using var world = new FleetHostWorld();
        var host = await world.StartAsync(fleet => fleet.MemberId = "one", services => services.AddHealthChecks().AddFluxgateFleet());
        var check = host.Services.GetRequiredService<HealthCheckService>();
        await host.Services.GetRequiredService<IFleetControl>().IssueAsync(FleetWorld.Order(FleetAction.Disable));
        var view = host.Services.GetRequiredService<IFleetView>();
        await world.UntilAsync(() => view.Directives.Count == 1 && view.Summary is not null);

        var healthy = (await check.CheckHealthAsync()).Entries["fluxgate-fleet"];
        world.Store.Before = _ => throw new InvalidOperationException("gone");
        await world.UntilAsync(() => !view.Status.IsConnected);
        var lost = (await check.CheckHealthAsync()).Entries["fluxgate-fleet"];

        Assert.Equal((HealthStatus.Healthy, HealthStatus.Degraded), (healthy.Status, lost.Status));
        Assert.Equal("The fleet shop is connected; 1 directives, 0 divergent circuits", healthy.Description);
        Assert.Equal(
            ("shop", "one", true, 1),
            (healthy.Data["fleet"], healthy.Data["member"], healthy.Data["connected"], healthy.Data["members"])
        );
        Assert.Equal((true, 2, 0), (healthy.Data["leader"], healthy.Data["circuits"], healthy.Data["divergent"]));
        Assert.InRange(Assert.IsType<double>(healthy.Data["last_exchange_seconds"]), 0, 2);
        Assert.Contains("Disable payments by ann", Assert.Single((string[])healthy.Data["directives"]), StringComparison.Ordinal);
        Assert.Equal("InvalidOperationException: gone", lost.Data["error"]);
    }

    [Fact]
    public async Task The_health_check_has_the_name_status_and_tags_of_the_application()
    {
        await using var world = new FleetHostWorld();
        world.Store.Before = _ => throw new InvalidOperationException("gone");
        var host = await world.StartAsync(
            fleet => fleet.StartupTimeout = TimeSpan.Zero,
            services => services.AddHealthChecks().AddFluxgateFleet("shop", HealthStatus.Unhealthy, ["ready"])
        );

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        var (name, entry) = Assert.Single(report.Entries);
        Assert.Equal(("shop", HealthStatus.Unhealthy), (name, entry.Status));
        Assert.Equal(["ready"], entry.Tags);
    }

    [Fact]
    public async Task The_health_check_has_the_newest_ten_directives_and_no_old_error()
    {
        await using var world = new FleetHostWorld();
        world.Store.Before = _ => throw new InvalidOperationException("gone");
        var host = await world.StartAsync(
            fleet => fleet.StartupTimeout = TimeSpan.Zero,
            services => services.AddHealthChecks().AddFluxgateFleet()
        );
        var view = host.Services.GetRequiredService<IFleetView>();
        await world.UntilAsync(() => view.Status.Failures > 0);
        world.Store.Before = null;
        for (var i = 0; i < 12; i++)
        {
            await host.Services.GetRequiredService<IFleetControl>().IssueAsync(FleetWorld.Order(FleetAction.Disable, $"circuit {i}"));
        }

        await host.Services.GetRequiredService<IFleetControl>().IssueAsync(FleetWorld.Order(FleetAction.Release, "circuit 0"));
        await world.UntilAsync(() => view.Directives.Count == 12);
        var entry = (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["fluxgate-fleet"];

        Assert.Equal("The fleet shop is connected; 11 directives, 0 divergent circuits", entry.Description);
        Assert.Equal(
            Enumerable.Range(2, 10).Select(i => $"Disable circuit {i} by"),
            ((string[])entry.Data["directives"]).Select(text => string.Join(' ', text.Split(' ')[..4]))
        );
        Assert.False(entry.Data.ContainsKey("error"));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task The_container_disposes_its_store_once(bool isAsync, bool isDisposedAsync)
    {
        await using var world = new FleetHostWorld();
        var disposals = 0;
        IFleetStore store = isAsync ? new AsyncDisposableStore(() => disposals++) : new DisposableStore(() => disposals++);
        var services = new ServiceCollection();
        services.AddFluxgate().AddBreaker("payments");
        services.AddFluxgateFleet(fleet =>
        {
            fleet.Name = "shop";
            fleet.UseStore((_, _) => store).Include("payments");
        });
        var provider = services.BuildServiceProvider();
        _ = provider.GetRequiredService<FleetStoreHolder>();

        if (isDisposedAsync)
        {
            await provider.DisposeAsync();
        }
        else
        {
            provider.Dispose();
        }

        Assert.Equal(1, disposals);
    }

    /// <summary>Describes a hosted service. Before the fleet, it is the first to start and the last to stop.</summary>
    private static ServiceDescriptor Observer(Action<IServiceProvider>? onStart = null, Func<Task>? onStop = null) =>
        ServiceDescriptor.Singleton<IHostedService>(provider => new HostedObserver(
            () => onStart?.Invoke(provider),
            onStop ?? (() => Task.CompletedTask)
        ));

    private sealed class HostedObserver(Action onStart, Func<Task> onStop) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            onStart();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => onStop();
    }

    private class Store : IFleetStore
    {
        public ValueTask<FleetReading> ExchangeAsync(FleetExchange exchange, CancellationToken cancellationToken = default) => default;

        public ValueTask<IReadOnlyList<FleetStoredDigest>> ReadDigestsAsync(CancellationToken cancellationToken = default) => default;

        public ValueTask RemoveDigestAsync(string memberId, CancellationToken cancellationToken = default) => default;

        public ValueTask WriteSummaryAsync(FleetDocument summary, CancellationToken cancellationToken = default) => default;

        public ValueTask<bool> TryWriteDirectivesAsync(FleetDirectivesWrite write, CancellationToken cancellationToken = default) =>
            default;

        public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAuditAsync(int count, CancellationToken cancellationToken = default) =>
            default;

        public ValueTask<bool> TryTakeLeaseAsync(FleetLease lease, CancellationToken cancellationToken = default) => default;

        public ValueTask ReleaseLeaseAsync(string resource, string holder, CancellationToken cancellationToken = default) => default;

        public ValueTask HintAsync(CancellationToken cancellationToken = default) => default;

        public IDisposable Subscribe(Action onHint) => throw new NotSupportedException();
    }

    private sealed class DisposableStore(Action onDispose) : Store, IDisposable
    {
        public void Dispose() => onDispose();
    }

    private sealed class AsyncDisposableStore(Action onDispose) : Store, IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            onDispose();
            return default;
        }
    }
}
