using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>When the loop of a member exchanges, and how it ends.</summary>
[Collection(nameof(OtherThreads))]
public sealed class LoopsOfMembers
{
    [Fact]
    public async Task A_hint_does_not_bring_back_members_whose_store_fails()
    {
        await using var world = new FleetHostWorld();
        var host = await world.StartAsync();
        var view = host.Services.GetRequiredService<IFleetView>();
        world.Store.Before = _ => throw new InvalidOperationException("gone");
        await world.UntilAsync(() => view.Status.FailuresInARow >= 6);
        await world.FinishAsync();
        var commands = world.Store.Commands;

        for (var i = 0; i < 25; i++)
        {
            await world.Memory.HintAsync();
            world.Time.Advance(TimeSpan.FromMilliseconds(400));
            await world.FinishAsync();
        }

        Assert.Equal(commands, world.Store.Commands);
    }

    [Fact]
    public async Task A_hint_brings_forward_the_exchange_of_a_slow_fleet()
    {
        await using var world = new FleetHostWorld();
        await world.StartAsync(fleet => fleet.Interval = TimeSpan.FromMinutes(1));
        await world.FinishAsync();
        var (commands, begin) = (world.Store.Commands, world.Time.GetTimestamp());

        await world.Memory.HintAsync();
        await world.UntilAsync(() => world.Store.Commands > commands);

        Assert.InRange(world.Time.GetElapsedTime(begin), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Hints_do_not_make_a_member_exchange_more_than_twice_as_often()
    {
        await using var world = new FleetHostWorld();
        await world.StartAsync(fleet => fleet.Interval = TimeSpan.FromSeconds(10));
        var view = (IFleetView)world.Hosts[0].Services.GetRequiredService(typeof(IFleetView));
        var (before, begin) = (view.Status.Exchanges, world.Time.GetTimestamp());

        while (world.Time.GetElapsedTime(begin) < TimeSpan.FromSeconds(200))
        {
            await world.Memory.HintAsync();
            world.Time.Advance(TimeSpan.FromSeconds(1));
            await world.FinishAsync();
        }

        Assert.InRange(view.Status.Exchanges - before, 20, 45);
    }

    [Fact]
    public async Task A_loop_that_was_stopped_does_not_start()
    {
        var world = new FleetWorld(1);
        var loop = new FleetLoop(world[0].Member, world[0].Options, world[0].Log);
        await loop.StopAsync(CancellationToken.None);

        loop.Start();
        await loop.DisposeAsync().AsTask().WaitAsync(FleetWorld.Deadline);

        Assert.Equal(0, world[0].Store.Commands);
    }

    [Fact]
    public async Task A_host_whose_store_hangs_stops_soon()
    {
        await using var world = new FleetHostWorld();
        var host = await world.StartAsync(fleet => fleet.Interval = TimeSpan.FromMinutes(1));
        await world.FinishAsync();
        var (entered, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Store.Before = _ =>
        {
            entered.TrySetResult();
            return never.Task;
        };

        var stop = host.StopAsync();
        await entered.Task.WaitAsync(FleetWorld.Deadline);
        Assert.False(stop.IsCompleted);

        // Far less than the interval of a minute, and more than the two seconds of the wait, which may begin a moment after the call of the store.
        for (var second = 0; second < 30 && !stop.IsCompleted; second++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(stop, Task.Delay(TimeSpan.FromMilliseconds(100)));
        }

        Assert.True(stop.IsCompletedSuccessfully);
        never.SetResult();
    }

    [Fact]
    public async Task A_stop_that_is_cancelled_does_not_throw()
    {
        var world = new FleetWorld(1);
        var loop = new FleetLoop(world[0].Member, world[0].Options, world[0].Log);
        await loop.StartAsync(CancellationToken.None).WaitAsync(FleetWorld.Deadline);
        var (entered, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        world[0].Store.Before = _ =>
        {
            entered.TrySetResult();
            return never.Task;
        };
        using var stopping = new CancellationTokenSource();

        var stop = loop.StopAsync(stopping.Token);
        await entered.Task.WaitAsync(FleetWorld.Deadline);
        await stopping.CancelAsync();
        await stop.WaitAsync(FleetWorld.Deadline);

        never.SetResult();
    }

    [Fact]
    public async Task A_store_whose_subscription_blocks_costs_the_hints_alone()
    {
        using var unblocked = new ManualResetEventSlim();
        var world = new FleetWorld(1);
        world[0].Store.Subscribing = () => unblocked.Wait(FleetWorld.Deadline);
        var loop = new FleetLoop(world[0].Member, world[0].Options, world[0].Log);

        await loop.StartAsync(CancellationToken.None).WaitAsync(FleetWorld.Deadline / 3);
        await loop.StopAsync(CancellationToken.None).WaitAsync(FleetWorld.Deadline);

        Assert.Equal(1, world[0].View.Status.Exchanges);
        unblocked.Set();
    }

    [Fact]
    public async Task A_store_whose_subscription_throws_costs_the_hints_alone()
    {
        var world = new FleetWorld(1);
        world[0].Store.Subscribing = () => throw new InvalidOperationException("no channel");
        var loop = new FleetLoop(world[0].Member, world[0].Options, world[0].Log);

        await loop.StartAsync(CancellationToken.None).WaitAsync(FleetWorld.Deadline);
        await loop.StopAsync(CancellationToken.None).WaitAsync(FleetWorld.Deadline);

        Assert.Equal(1, world[0].View.Status.Exchanges);
        await OtherThreads.UntilAsync(() => world[0].Log.Of(212).Any());
        Assert.Contains("no channel", Assert.Single(world[0].Log.Of(212)), StringComparison.Ordinal);
    }
}
