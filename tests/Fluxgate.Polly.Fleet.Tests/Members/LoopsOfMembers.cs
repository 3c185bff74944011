using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>When the loop of a member exchanges, and how it ends.</summary>
[Collection(nameof(OtherThreads))]
public sealed class LoopsOfMembers
{
    [Fact]
    public async Task Hints_while_the_store_fails_bring_forward_one_exchange_only()
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

        Assert.Equal(commands + 1, world.Store.Commands);
    }

    [Fact]
    public async Task A_hint_brings_members_back_within_an_interval_at_different_times()
    {
        // Enough members that they do not meet in three seconds by chance.
        const int Members = 30;
        await using var world = new FleetHostWorld();
        for (var i = 0; i < Members; i++)
        {
            await world.StartAsync(fleet => fleet.Interval = TimeSpan.FromSeconds(10));
        }

        IFleetView[] views = [.. world.Hosts.Select(host => host.Services.GetRequiredService<IFleetView>())];
        world.Store.Before = _ => throw new InvalidOperationException("gone");
        await world.UntilAsync(() => views.All(view => view.Status.FailuresInARow >= 3));
        await world.FinishAsync();
        world.Store.Before = null;

        await world.Memory.HintAsync();
        List<int> connected = [];
        for (var second = 0; second <= 10; second++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(1));
            await world.FinishAsync();
            connected.Add(views.Count(view => view.Status.IsConnected));
        }

        Assert.Equal(Members, connected[^1]);
        Assert.True(connected.Distinct().Count() > 3, $"Connected by the second: {string.Join(", ", connected)}.");
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

        // The deadline of the call, and the wait for it. Then far less than the interval of a minute, and more than these two seconds.
        await OtherThreads.UntilAsync(() => world.Time.ArmedTimers == 2);
        world.Time.Advance(TimeSpan.FromSeconds(30));
        // The host itself waits for 30 s of real time.
        await stop.WaitAsync(FleetWorld.Deadline / 3);
        never.SetResult();
    }

    [Fact]
    public async Task A_stop_that_is_canceled_does_not_throw()
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

    [Fact]
    public async Task A_store_that_works_a_moment_later_delays_the_host_by_that_moment()
    {
        await using var world = new FleetHostWorld();
        world.Store.Before = _ => throw new InvalidOperationException("not yet");
        var host = world.Build();
        var begin = world.Time.GetTimestamp();

        var start = host.StartAsync();
        await world.UntilAsync(() => world.Store.Commands >= 3);
        world.Store.Before = null;
        await world.UntilAsync(() => host.Services.GetRequiredService<IFleetView>().Status.IsConnected);

        Assert.InRange(world.Time.GetElapsedTime(begin), TimeSpan.Zero, TimeSpan.FromSeconds(0.9));
        await start.WaitAsync(FleetWorld.Deadline);
        Assert.Empty(world.Log.Of(204));
    }

    [Fact]
    public async Task A_host_that_need_not_wait_starts_at_once()
    {
        await using var world = new FleetHostWorld();
        world.Store.Before = token => Task.Delay(Timeout.Infinite, token);

        await world.StartAsync(fleet => fleet.StartupTimeout = TimeSpan.Zero);

        Assert.Empty(world.Log.Of(204));
    }

    [Fact]
    public async Task The_file_is_obeyed_while_the_store_does_not_respond()
    {
        var folder = Directory.CreateTempSubdirectory("fluxgate").FullName;
        try
        {
            var world = new FleetWorld();
            var member = world.Add("one", configure: options => options.DirectivesFile = Path.Combine(folder, "known.directives"));
            await world.StepAsync();
            await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen));
            await world.StepAsync();
            var next = world.Add("two", configure: options => options.DirectivesFile = member.Options.DirectivesFile);
            var entered = new TaskCompletionSource();
            next.Store.Before = token =>
            {
                entered.TrySetResult();
                return Task.Delay(Timeout.Infinite, token);
            };

            await using var loop = new FleetLoop(next.Member, next.Options, next.Log);
            loop.Start();
            await entered.Task.WaitAsync(FleetWorld.Deadline);

            Assert.Equal(BreakerState.ForcedOpen, next["payments"].State);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_directive_that_ends_during_a_step_ends_right_after_it()
    {
        var world = new FleetWorld();
        var member = world.Add("one", configure: options => options.Interval = TimeSpan.FromSeconds(10));
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, duration: TimeSpan.FromSeconds(2)));
        var commands = member.Store.Commands;
        member.Store.Before = _ =>
        {
            // The member has obeyed, and takes the lease of the leader.
            if (member.Store.Commands == commands + 2)
            {
                Assert.Equal(1, world.In(BreakerState.ForcedOpen));
                world.Time.Advance(TimeSpan.FromSeconds(3));
            }

            return Task.CompletedTask;
        };

        await using var loop = new FleetLoop(member.Member, member.Options, member.Log);
        loop.Start();
        await OtherThreads.UntilAsync(() => loop.IsWaiting);
        world.Time.Advance(TimeSpan.FromMilliseconds(1));
        await OtherThreads.UntilAsync(() => world.In(BreakerState.HalfOpen) == 1);

        Assert.Empty(member.Log.Of(212));
    }

    [Fact]
    public async Task A_loop_that_is_disposed_exchanges_no_more()
    {
        var world = new FleetWorld(1);
        var loop = new FleetLoop(world[0].Member, world[0].Options, world[0].Log);
        loop.Start();
        await OtherThreads.UntilAsync(() => loop.IsWaiting);
        var commands = world[0].Store.Commands;

        loop.Dispose();
        await OtherThreads.UntilAsync(() => world[0].Store.Subscriptions == 0);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        await OtherThreads.FinishAsync();

        Assert.Equal(commands, world[0].Store.Commands);
    }

    [Fact]
    public async Task A_member_leaves_its_fleet_once_and_frees_the_lease()
    {
        var world = new FleetWorld(1);
        var loop = new FleetLoop(world[0].Member, world[0].Options, world[0].Log);
        await loop.StartAsync(CancellationToken.None).WaitAsync(FleetWorld.Deadline);
        await OtherThreads.UntilAsync(() => loop.IsWaiting);
        Assert.True(world[0].View.Status.IsLeader);

        await loop.StopAsync(CancellationToken.None).WaitAsync(FleetWorld.Deadline);
        var commands = world[0].Store.Commands;
        await loop.DisposeAsync().AsTask().WaitAsync(FleetWorld.Deadline);

        Assert.Equal(commands, world[0].Store.Commands);
        Assert.Empty(await world.Store.ReadDigestsAsync());
        Assert.True(await world.Store.TryTakeLeaseAsync(new(Leadership.Resource, "next", 1, TimeSpan.FromSeconds(1))));
    }
}
