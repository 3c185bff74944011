using Polly;

namespace Fluxgate;

/// <summary>Listeners, timers and break durations that hang or throw, and moments that meet: a group loses no place, no share and no count.</summary>
public sealed class GroupsUnderFaults
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_manual_call_after_the_disposal_leaves_the_shared_circuit()
    {
        var world = new GroupWorld();
        var kept = world.Group.GetOrAdd("acme");
        world.Wait(2 * Timeout, detached: 1);
        world.Group.Dispose();

        kept.ForceOpen("maintenance of acme");

        Assert.Equal((BreakerState.Closed, true), (world.Group.Shared.State, world.Call("globex")));
    }

    [Fact]
    public void Reconfiguring_a_kept_breaker_without_a_place_leaves_the_shared_one()
    {
        var world = new GroupWorld(new() { MaxBreakers = 1 });
        var kept = world.Group.GetOrAdd("acme");
        world.Wait(2 * Timeout, detached: 1);
        world.Call("globex");

        kept.Reconfigure(new() { Tripper = Tripper.FailureStreak(1) });

        Assert.Equal("FailureStreak(3)", world.Group.Shared.Snapshot().Rule);
    }

    [Fact]
    public void A_break_duration_that_hangs_does_not_keep_its_circuit_closed()
    {
        using var release = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var world = new GroupWorld(
            new() { MaxOpenRatio = 0.5 },
            new() { Tripper = Tripper.FailureStreak(3), BreakDuration = new HangingOnce(entered, release) }
        );
        world.Fail("0", calls: 2);
        var hanging = new Thread(() => world.Fail("0", calls: 1));
        hanging.Start();
        Assert.True(entered.Wait(TimeSpan.FromSeconds(20)));
        try
        {
            world.Time.Advance(TimeSpan.FromMinutes(5));
            world.Fail("0", calls: 3);

            Assert.Equal(BreakerState.Open, world.Group.GetOrAdd("0").State);
        }
        finally
        {
            release.Set();
            hanging.Join();
        }
    }

    [Fact]
    public void A_call_beside_a_break_duration_that_hangs_counts_no_second_share()
    {
        using var release = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var world = new GroupWorld(
            settings: new() { Tripper = Tripper.FailureStreak(3), BreakDuration = new HangingOnce(entered, release) }
        );
        world.Fail("0", calls: 2);
        var hanging = new Thread(() => world.Fail("0", calls: 1));
        hanging.Start();
        Assert.True(entered.Wait(TimeSpan.FromSeconds(20)));
        try
        {
            world.Time.Advance(TimeSpan.FromMinutes(5));
            world.Fail("0", calls: 3);

            Assert.Equal((1, 1), (world.Now.CircuitsIn(BreakerState.Open), world.Group.Trips.Tripped));
        }
        finally
        {
            release.Set();
            hanging.Join();
        }
    }

    [Fact]
    public void An_idle_circuit_that_is_open_until_reset_blocks_no_other()
    {
        var world = new GroupWorld(
            new() { MaxOpenRatio = 0.5 },
            new() { Tripper = Tripper.FailureStreak(3), BreakDuration = BreakDuration.UntilReset }
        );
        for (var i = 0; i < 10; i++)
        {
            world.Call($"{i}");
        }

        for (var i = 0; i < 5; i++)
        {
            world.Fail($"{i}");
        }

        Assert.Equal(5, world.Now.CircuitsIn(BreakerState.Open));
        world.Time.Advance(2 * Timeout);
        for (var i = 5; i < 10; i++)
        {
            world.Call($"{i}");
        }

        // 5 circuits have traffic, and none of them is open.
        world.Fail("5");

        Assert.Equal(BreakerState.Open, world.Group.GetOrAdd("5").State);
    }

    [Fact]
    public void A_probe_that_never_returns_blocks_no_other_circuit_for_ever()
    {
        var world = new GroupWorld(new() { MaxOpenRatio = 0.5 });
        world.Fail("acme");
        world.Time.Advance(GroupWorld.Minute);
        _ = world.Group.GetOrAdd("acme").Admit();
        Assert.Equal(BreakerState.HalfOpen, world.Group.GetOrAdd("acme").State);
        world.Time.Advance(TimeSpan.FromDays(1));
        world.Call("globex");

        world.Fail("globex");

        Assert.Equal(BreakerState.Open, world.Group.GetOrAdd("globex").State);
    }

    [Fact]
    public void A_circuit_whose_only_probe_outlived_its_lease_is_evicted()
    {
        var world = new GroupWorld();
        world.Fail("acme");
        world.Time.Advance(GroupWorld.Minute);
        _ = world.Group.GetOrAdd("acme").Admit();

        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    world.Time.Advance(Timeout);
                    return world.Keys.Length == 0;
                },
                TimeSpan.FromSeconds(20)
            )
        );
    }

    [Fact]
    public void A_second_eviction_leaves_the_breaker_evicted()
    {
        var world = new GroupWorld();
        world.Call("acme");
        var member = world.Group.Resolve("acme");
        var phase = member.Machine.Phase;

        // Two looks at a time: a reconfiguration sets the timer while its callback runs.
        world.Group.Evict(member, phase);
        world.Group.Evict(member, phase);

        Assert.True(member.IsEvicted);
    }

    [Fact]
    public void Two_concurrent_evictions_decrease_the_count_once()
    {
        var world = new GroupWorld();
        var member = world.Group.Resolve("acme");
        var call = member.Breaker.Admit();
        world.Time.Advance(Timeout / 2);
        var phase = member.Machine.Phase;
        world.Group.Evict(member, phase);
        world.Group.Evict(member, phase);
        Assert.Equal((1, 0), (world.Now.Evicted, world.Group.Count));
        world.Time.Advance(2 * Timeout);
        call.Settle(Verdict.Success);

        world.Time.Advance(Timeout);

        Assert.Equal((1, 0), (world.Now.Evicted, world.Group.Count));
    }

    [Fact]
    public void A_full_group_evicts_again_after_a_timer_failed_once()
    {
        var time = new FaultyTimers();
        var group = new BreakerGroup("tenants", new(), new() { MaxBreakers = 1 }, time);
        group.GetOrAdd("acme").Admit().Settle(Verdict.Success);
        time.ChangeFails = true;
        time.Inner.Advance(Timeout / 10);
        time.ChangeFails = false;

        for (var minute = 0; minute < 100; minute++)
        {
            time.Inner.Advance(GroupWorld.Minute);
            group.GetOrAdd("globex");
        }

        Assert.Equal("globex", Assert.Single(group).Key);
    }

    [Fact]
    public void A_group_that_had_a_failing_timer_evicts_without_new_keys()
    {
        var time = new FaultyTimers();
        var group = new BreakerGroup("tenants", timeProvider: time);
        group.GetOrAdd("acme").Admit().Settle(Verdict.Success);
        time.ChangeFails = true;
        time.Inner.Advance(Timeout / 10);
        time.ChangeFails = false;
        time.Inner.Advance(Timeout);
        Assert.Single(group);
        group.GetOrAdd("globex");

        time.Inner.Advance(2 * Timeout);

        Assert.Empty(group);
    }

    [Fact]
    public void A_snapshot_does_not_keep_its_group_alive()
    {
        var (reference, snapshot) = Abandoned();
        for (var i = 0; i < 50 && reference.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(reference.IsAlive);
        GC.KeepAlive(snapshot);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static (WeakReference, BreakerGroupSnapshot) Abandoned()
        {
            var group = new BreakerGroup("tenants", timeProvider: new VirtualTime());
            group.GetOrAdd("acme").Admit().Settle(Verdict.Success);
            return (new(group), group.Snapshot(worst: 0));
        }
    }

    [Fact]
    public void The_reason_of_an_evicted_breaker_is_that_of_its_state()
    {
        var world = new GroupWorld();
        world.Fail("acme");
        var kept = world.Group.GetOrAdd("acme");
        world.Wait(2 * Timeout, detached: 1);

        Assert.Equal((BreakerState.Closed, ReasonKind.Initial), (kept.Snapshot().State, kept.Snapshot().Reason.Kind));
    }

    [Fact]
    public void A_late_result_of_an_expired_probe_counts_after_the_eviction()
    {
        var world = new GroupWorld();
        world.Fail("acme");
        world.Time.Advance(GroupWorld.Minute);
        var breaker = world.Group.GetOrAdd("acme");
        var late = breaker.Admit();
        world.Time.Advance(Timeout / 2);
        breaker.Admit().Settle(Verdict.Ignored);
        world.Wait(2 * Timeout, detached: 1);
        Assert.Equal((1, 0), (world.Now.Evicted, world.Now.InFlight));
        Assert.True(SpinWait.SpinUntil(() => world.Group.Snapshot().Count == 0, TimeSpan.FromSeconds(20)));

        late.Settle(Verdict.Success);

        Assert.Equal(1, world.Now.Sums.Stale);
    }

    [Fact]
    public void A_rejection_during_the_eviction_is_counted()
    {
        VirtualTime? time = null;
        var permit = new AdvancingPermit(() => time!.Advance(2 * Timeout));
        var group = new BreakerGroup(
            "tenants",
            new()
            {
                Tripper = Tripper.FailureStreak(3),
                Permit = permit,
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(30)),
            },
            timeProvider: time = new()
        );
        var breaker = group.GetOrAdd("acme");
        for (var i = 0; i < 3; i++)
        {
            breaker.Admit().Settle(Verdict.Failure);
        }

        time.Advance(GroupWorld.Minute);
        breaker.Admit().Settle(Verdict.Ignored);
        Assert.Equal((BreakerState.HalfOpen, 0), (breaker.State, group.Snapshot().Rejected));
        Assert.False(breaker.TryAdmit(out _));

        Assert.Equal((1, 1), (group.Snapshot().Evicted, group.Snapshot().Rejected));
    }

    [Fact]
    public void A_call_succeeds_although_the_time_provider_throws()
    {
        var time = new FaultyTimers();
        var group = new BreakerGroup("tenants", new() { ProbeWithoutTraffic = true }, timeProvider: time);
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddFluxgateBreaker(group, _ => "acme")
            .Build();
        time.CreationFails = true;

        Assert.Null(Record.Exception(() => pipeline.Execute(() => { })));
    }

    [Fact]
    public async Task Disposal_never_throws()
    {
        var time = new FaultyTimers();
        var release = new TaskCompletionSource();
        var slow = Listener.From(async (Signal _, CancellationToken _) => await release.Task.ConfigureAwait(false));
        var group = new BreakerGroup("tenants", new() { Listeners = { slow } }, timeProvider: time);
        time.DisposalFails = true;

        // With group.Evict(member, …), the process ends: BreakerGroup.Detach is async void.
        var detaching = new GroupMember(group, "globex", group.Rules.SettingsOf("globex"), Clock.Of(time), durations: null);
        detaching.Breaker.Attach();
        detaching.Breaker.Trip();
        var task = detaching.DetachAsync();
        release.SetResult();

        Assert.Null(await Record.ExceptionAsync(() => task));
    }

    [Fact]
    public void A_hanging_listener_that_a_reconfiguration_omits_stops_no_timer()
    {
        using var release = new ManualResetEventSlim();
        var time = new VirtualTime();
        var group = new BreakerGroup("tenants", new() { Listeners = { new HangingOnDetach(release) } }, timeProvider: time);
        group.GetOrAdd("acme").Admit().Settle(Verdict.Success);
        group.Reconfigure(new());

        var advancing = new Thread(() => time.Advance(2 * Timeout));
        advancing.Start();
        var advanced = advancing.Join(TimeSpan.FromSeconds(5));
        release.Set();
        advancing.Join();

        Assert.True(advanced);
    }

    [Fact]
    public void A_breaker_created_after_a_reconfiguration_keeps_the_listeners()
    {
        var world = new GroupWorld();
        world.Call("acme");
        world.Group.Reconfigure(new() { Tripper = Tripper.FailureStreak(2) });

        world.Fail("globex", calls: 2);

        Assert.Contains(world.Recorded.Signals, signal => signal.Key == "globex");
    }

    [Fact]
    public void A_kept_breaker_passes_the_stopping_token_to_its_key()
    {
        using var stopping = new CancellationTokenSource();
        var settings = new FluxgateBreakerSettings { AbandonedAfter = TimeSpan.FromSeconds(1) };
        var world = new GroupWorld(settings: settings);
        var kept = world.Group.GetOrAdd("acme");
        world.Wait(2 * Timeout, detached: 1);
        var current = world.Group.GetOrAdd("acme");

        kept.IgnoreAbandonedCallsOnShutdown(stopping.Token);
        stopping.Cancel();
        var call = current.Admit();
        world.Time.Advance(GroupWorld.Minute);
        call.SettleAbandoned();

        Assert.Equal((0, 1), (current.Snapshot().AbandonedFailures, current.Snapshot().AbandonedIgnored));
    }

    [Fact]
    public void An_error_that_is_reported_to_an_evicted_breaker_creates_no_circuit()
    {
        var world = new GroupWorld();
        var kept = world.Group.GetOrAdd("acme");
        world.Wait(2 * Timeout, detached: 1);

        kept.ReportUserError(UserErrorSource.Predicate, new InvalidOperationException("late"));

        Assert.Empty(world.Group);
        Assert.Equal(0, world.Now.Shared.UserErrors(UserErrorSource.Predicate));
    }

    [Fact]
    public void A_nested_call_that_settles_after_its_circuit_is_retired_is_counted()
    {
        var (world, heir) = (new World(), new Totals());
        var totals = world.Breaker.Machine.Totals;
        Assert.True(totals.TryRetire(world.Breaker.Machine.Phase, heir, out _));

        totals.AddStarted();
        totals.AddNested(SlowThresholds.None, Verdict.Success, durationTicks: 0);

        Assert.Equal((1, 1, 0), (heir.ReadFolded().Started, heir.ReadFolded().Successes, heir.ReadFolded().InFlight));
    }

    [Fact]
    public void A_changed_override_is_listed()
    {
        var world = new GroupWorld();

        var changes = world.Group.Reconfigure(
            world.Settings,
            new() { Overrides = { ["acme"] = new() { Tripper = Tripper.FailureStreak(9) } } }
        );

        Assert.NotEmpty(changes);
    }

    [Fact]
    public void A_listener_that_hangs_while_it_is_detached_blocks_one_thread()
    {
        using var release = new ManualResetEventSlim();
        var listener = new HangingOnDetach(release);
        var time = new VirtualTime();
        var group = new BreakerGroup("tenants", new() { Listeners = { listener } }, timeProvider: time);
        for (var i = 0; i < 200; i++)
        {
            group.GetOrAdd($"{i}").Admit().Settle(Verdict.Success);
        }

        time.Advance(2 * Timeout);
        var hangs = SpinWait.SpinUntil(() => listener.Calls > 0, Deadline);
        using var ran = new ManualResetEventSlim();
        ThreadPool.UnsafeQueueUserWorkItem(_ => ran.Set(), null);
        var others = ran.Wait(Deadline);
        var calls = listener.Calls;
        release.Set();

        Assert.Equal((true, true, 1), (hangs, others, calls));
    }

    private sealed class HangingOnDetach(ManualResetEventSlim release) : ICircuitListener
    {
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public void OnSignal(Signal signal) { }

        public void OnDetached(FluxgateBreaker breaker)
        {
            Interlocked.Increment(ref _calls);
            release.Wait(2 * Deadline);
        }
    }

    private sealed class HangingOnce(ManualResetEventSlim entered, ManualResetEventSlim release) : BreakDuration
    {
        public override TimeSpan Next(in BreakDurationContext context)
        {
            if (!entered.IsSet)
            {
                entered.Set();
                release.Wait(TimeSpan.FromSeconds(20));
            }

            return TimeSpan.FromHours(1);
        }
    }

    private sealed class AdvancingPermit(Action advance) : Permit
    {
        public override bool Admits(in PermitContext context)
        {
            advance();
            return false;
        }
    }
}
