namespace Fluxgate;

/// <summary>A store that hangs, throws or blocks changes nothing for a breaker.</summary>
[Collection(nameof(OtherThreads))]
public sealed class StoresThatFail
{
    [Fact]
    public async Task A_store_that_blocks_its_thread_holds_one_thread_and_no_call()
    {
        var world = new FleetWorld(1);
        using var unblocked = new ManualResetEventSlim();
        var entered = new TaskCompletionSource();
        world[0].Store.Before = _ =>
        {
            entered.TrySetResult();
            unblocked.Wait(FleetWorld.Deadline, CancellationToken.None);
            return Task.CompletedTask;
        };

        var step = world[0].Member.StepAsync();
        await entered.Task.WaitAsync(FleetWorld.Deadline);
        Assert.Equal(BreakerState.Open, TripByCalls(world[0]["payments"]));
        await world.AdvanceUntilAsync(step);
        for (var i = 0; i < 30; i++)
        {
            await world.StepAsync();
        }

        Assert.Equal((1, 1), (world[0].Store.Commands, world[0].Store.MostAtOnce));
        Assert.Equal((false, 31), (world[0].View.Status.IsConnected, world[0].View.Status.Failures));
        unblocked.Set();
        world[0].Store.Before = null;
        await OtherThreads.UntilAsync(() => world[0].Store.Running == 0);
        await world.StepAsync();
        Assert.True(world[0].View.Status.IsConnected);
    }

    [Fact]
    public async Task A_store_that_ignores_cancellation_costs_one_interval()
    {
        var world = new FleetWorld(1);
        var never = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        world[0].Store.Before = _ =>
        {
            entered.TrySetResult();
            return never.Task;
        };
        var start = world.Time.GetTimestamp();

        var step = world[0].Member.StepAsync();
        await entered.Task.WaitAsync(FleetWorld.Deadline);
        await world.AdvanceUntilAsync(step);

        Assert.InRange(world.Time.GetElapsedTime(start), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.2));
        Assert.Equal("TimeoutException: The store did not respond within 1s.", world[0].View.Status.LastError);
    }

    [Fact]
    public async Task An_outage_is_logged_once_and_so_is_its_end()
    {
        var world = new FleetWorld(1);
        await world.StepAsync();
        for (var outage = 0; outage < 2; outage++)
        {
            world[0].Store.Before = _ => throw new InvalidOperationException("connection\nrefused");
            await world.StepAsync(5);
            world[0].Store.Before = null;
            await world.StepAsync(2);
        }

        Assert.Equal(2, world[0].Log.Of(202).Count());
        Assert.Contains("InvalidOperationException: connection refused", world[0].Log.Of(202).First(), StringComparison.Ordinal);
        Assert.Equal(2, world[0].Log.Of(203).Count());
        Assert.Contains("after 5 failed exchanges in 5s", world[0].Log.Of(203).First(), StringComparison.Ordinal);
        Assert.Equal(10, world[0].View.Status.Failures);
    }

    [Fact]
    public async Task A_thousand_members_that_lost_the_store_come_back_spread_out()
    {
        var world = new FleetWorld(1_000);
        foreach (var member in world.Members)
        {
            member.Store.Before = _ => throw new InvalidOperationException("gone");
        }

        await world.StepAsync(8);
        var delays = world.Members.Select(member =>
            new FleetLoop(member.Member, member.Options, member.Log, () => world.NextRandom).NextDelay()
        );

        var bySecond = delays.GroupBy(delay => (int)delay.TotalSeconds).ToDictionary(second => second.Key, second => second.Count());
        Assert.InRange(bySecond.Keys.Min(), 15, 16);
        Assert.InRange(bySecond.Keys.Max(), 28, 30);
        Assert.InRange(bySecond.Values.Max(), 30, 110);
    }

    [Fact]
    public async Task A_member_obeys_before_it_does_what_a_leader_does()
    {
        var world = new FleetWorld(1);
        var never = new TaskCompletionSource();
        await world[0].Control.IssueAsync(FleetWorld.Order(FleetAction.Disable));
        var (first, entered) = (world[0].Store.Commands + 1, new TaskCompletionSource());
        world[0].Store.Before = _ =>
        {
            if (world[0].Store.Commands == first)
            {
                return Task.CompletedTask;
            }

            entered.TrySetResult();
            return never.Task;
        };

        var step = world[0].Member.StepAsync();
        await entered.Task.WaitAsync(FleetWorld.Deadline);

        Assert.False(step.IsCompleted);
        Assert.Equal(1, world.In(BreakerState.Disabled));
        never.SetResult();
        await step.WaitAsync(FleetWorld.Deadline);
    }

    [Fact]
    public async Task Many_views_of_a_store_that_hangs_hold_few_threads()
    {
        var world = new FleetWorld(1);
        var never = new TaskCompletionSource();
        world[0].Store.Before = _ => never.Task;

        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<TimeoutException>(async () =>
            {
                var reading = i % 2 == 0 ? world[0].View.ReadAsync() : (Task)world[0].Control.ReadAuditAsync();
                await world.AdvanceUntilAsync(reading, TimeSpan.FromSeconds(5));
            });
        }

        Assert.InRange(world[0].Store.MostAtOnce, 1, 16);
        never.SetResult();
        await OtherThreads.UntilAsync(() => world[0].Store.Running == 0);
        Assert.Empty((await world[0].View.ReadAsync().WaitAsync(FleetWorld.Deadline)).Members);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_store_that_hangs_holds_a_view_or_an_operator_for_five_seconds(bool isView)
    {
        var (world, never) = (new FleetWorld(1), new TaskCompletionSource());
        world[0].Store.Before = _ => never.Task;

        var reading = ReadAsync(world, isView, CancellationToken.None);
        // The deadline of the call, and the wait for it.
        await OtherThreads.UntilAsync(() => world.Time.ArmedTimers == 2);
        world.Time.Advance(TimeSpan.FromSeconds(4.9));
        await OtherThreads.FinishAsync();
        Assert.False(reading.IsCompleted);
        world.Time.Advance(TimeSpan.FromSeconds(0.1));
        var error = await Assert.ThrowsAsync<TimeoutException>(() => reading.WaitAsync(FleetWorld.Deadline));

        Assert.Equal("The store did not respond within 5s.", error.Message);
        never.SetResult();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_canceled_view_or_operator_does_not_wait_for_a_store_that_hangs(bool isView)
    {
        var (world, never) = (new FleetWorld(1), new TaskCompletionSource());
        world[0].Store.Before = _ => never.Task;
        using var canceled = new CancellationTokenSource();

        var reading = ReadAsync(world, isView, canceled.Token);
        await OtherThreads.UntilAsync(() => world.Time.ArmedTimers == 2);
        await canceled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(FleetWorld.Deadline));
        never.SetResult();
    }

    [Fact]
    public async Task A_member_whose_store_is_gone_does_not_ask_more_often_than_before()
    {
        var world = new FleetWorld();
        var member = world.Add("slow", configure: options => options.Interval = TimeSpan.FromMinutes(1));
        await world.StepAsync();
        member.Store.Before = _ => throw new InvalidOperationException("gone");
        await world.StepAsync(5);

        var delays = Enumerable
            .Range(0, 100)
            .Select(_ => new FleetLoop(member.Member, member.Options, member.Log, () => world.NextRandom).NextDelay());

        Assert.InRange(delays.Min(), TimeSpan.FromSeconds(54), TimeSpan.FromSeconds(66));
    }

    [Fact]
    public async Task Members_that_work_do_not_exchange_in_step()
    {
        var world = new FleetWorld(1_000);
        await world.StepAsync();

        var delays = world.Members.Select(member =>
            new FleetLoop(member.Member, member.Options, member.Log, () => world.NextRandom).NextDelay()
        );

        var byTenth = delays.GroupBy(delay => (int)(delay.TotalSeconds * 50)).Select(part => part.Count()).ToArray();
        Assert.InRange(byTenth.Length, 10, 12);
        Assert.InRange(byTenth.Max(), 50, 150);
    }

    private static Task ReadAsync(FleetWorld world, bool isView, CancellationToken token) =>
        isView ? world[0].View.ReadAsync(token) : world[0].Control.ReadAsync(token);

    /// <summary>Opens a circuit by calls, which return at once.</summary>
    private static BreakerState TripByCalls(FluxgateBreaker breaker)
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.True(breaker.TryAdmit(out var admission));
            admission.Settle(Verdict.Failure, TimeSpan.Zero);
        }

        return breaker.State;
    }

    [Fact]
    public async Task A_member_whose_store_is_gone_for_an_hour_still_asks()
    {
        var world = new FleetWorld(1);
        world[0].Store.Before = _ => throw new InvalidOperationException("gone");
        await world.StepAsync(1_100);

        var delay = new FleetLoop(world[0].Member, world[0].Options, world[0].Log, () => 1).NextDelay();

        Assert.Equal(TimeSpan.FromSeconds(30), delay);
    }

    [Fact]
    public async Task A_store_that_hangs_holds_a_slow_member_for_five_seconds()
    {
        var world = new FleetWorld();
        var member = world.Add("slow", configure: options => options.Interval = TimeSpan.FromMinutes(1));
        var (entered, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        CancellationToken deadline = default;
        member.Store.Before = token =>
        {
            deadline = token;
            entered.TrySetResult();
            return never.Task;
        };

        var step = member.Member.StepAsync();
        await entered.Task.WaitAsync(FleetWorld.Deadline);
        world.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(step.IsCompleted || deadline.IsCancellationRequested);
        await world.AdvanceUntilAsync(step);

        Assert.Equal("TimeoutException: The store did not respond within 5s.", member.View.Status.LastError);
        Assert.True(deadline.IsCancellationRequested);
        never.SetResult();
    }

    [Fact]
    public async Task A_store_that_gives_up_at_the_deadline_did_not_respond()
    {
        var world = new FleetWorld(1);
        world[0].Store.Before = _ => throw new OperationCanceledException();

        await world.StepAsync();

        Assert.Equal("TimeoutException: The store did not respond within 1s.", world[0].View.Status.LastError);
    }

    [Fact]
    public async Task A_leader_that_loses_the_store_does_not_lead()
    {
        var world = new FleetWorld(1);
        await world.StepAsync();
        world[0].Store.Before = _ => throw new InvalidOperationException("gone");
        await world.StepAsync(2);
        Assert.False(world[0].View.Status.IsLeader);

        world[0].Store.Before = null;
        await world.StepAsync(3);

        Assert.Equal(
            ["is now the leader", "is no longer the leader", "is now the leader"],
            world[0].Log.Of(207).Select(text => text["This process ".Length..].Split(" of ")[0])
        );
    }
}
