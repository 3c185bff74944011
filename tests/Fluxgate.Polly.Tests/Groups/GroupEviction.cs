using Polly;

namespace Fluxgate;

/// <summary>A group evicts idle breakers, and loses none of their counts.</summary>
public sealed class GroupEviction
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    // Eviction is late by a fifth of the timeout at most.
    private static readonly TimeSpan Late = Timeout / 5;

    private readonly GroupWorld _world = new();

    [Fact]
    public void A_closed_circuit_is_evicted_after_the_timeout()
    {
        _world.Call("acme");

        _world.Wait(Timeout - TimeSpan.FromSeconds(1));
        Assert.Equal("acme", _world.Keys);
        _world.Wait(Late, detached: 1);

        Assert.Empty(_world.Group);
        Assert.Equal((1, 0), (_world.Now.Evicted, _world.Group.Count));
        Assert.Equal(["tenants/acme"], _world.Recorded.Detached);
    }

    [Fact]
    public void A_circuit_with_calls_stays()
    {
        for (var i = 0; i < 20; i++)
        {
            _world.Call("acme");
            _world.Wait(Timeout / 2);
        }

        Assert.Equal(("acme", 0), (_world.Keys, _world.Now.Evicted));
    }

    [Fact]
    public void Evicted_counts_stay_in_the_sums()
    {
        _world.Call("acme");
        _world.Fail("acme");
        _world.Call("acme");
        var before = _world.Now;
        _world.Wait(2 * Timeout, detached: 1);

        var now = _world.Now;

        Assert.Empty(_world.Group);
        Assert.Equal((4, 1, 3, 1, 1), (now.Requests, now.Successes, now.Failures, now.Rejected, now.SignalCount));
        Assert.Equal((before.Requests, before.Rejected), (now.Requests, now.Rejected));
        Assert.Equal(1, now.Transitions(BreakerState.Closed, BreakerState.Open));
    }

    [Fact]
    public void An_open_circuit_is_evicted_after_its_break_and_the_timeout()
    {
        var world = new GroupWorld(
            settings: new() { Tripper = Tripper.FailureStreak(3), BreakDuration = BreakDuration.Fixed(3 * Timeout) }
        );
        world.Fail("acme");

        world.Wait((4 * Timeout) - TimeSpan.FromSeconds(1));
        Assert.Equal("acme", world.Keys);
        world.Wait(Late, detached: 1);

        Assert.Empty(world.Group);
        Assert.True(world.Call("acme"));
        Assert.Equal(BreakerState.Closed, world.Group.GetOrAdd("acme").State);
    }

    [Fact]
    public void A_half_open_circuit_without_calls_is_evicted()
    {
        _world.Group.GetOrAdd("acme").Probe();

        _world.Wait(Timeout + Late, detached: 1);

        Assert.Empty(_world.Group);
    }

    [Fact]
    public void A_circuit_with_a_call_in_flight_stays()
    {
        var call = _world.Group.GetOrAdd("acme").Admit();
        _world.Wait(3 * Timeout);
        Assert.Equal("acme", _world.Keys);

        call.Settle(Verdict.Failure);
        Assert.Equal((1, 0), (_world.Now.Failures, _world.Group.GetOrAdd("acme").Snapshot().Stale));
        _world.Wait(Timeout + Late, detached: 1);

        Assert.Empty(_world.Group);
    }

    [Fact]
    public void A_half_open_circuit_with_a_probe_in_flight_stays()
    {
        var world = new GroupWorld(settings: new() { ProbeLease = 5 * Timeout });
        world.Group.GetOrAdd("acme").Probe();
        var probe = world.Group.GetOrAdd("acme").Admit();

        world.Wait(3 * Timeout);

        Assert.Equal("acme", world.Keys);
        probe.Settle(Verdict.Success);
    }

    [Fact]
    public void Circuits_that_only_a_manual_call_ends_stay()
    {
        _world.Group.GetOrAdd("forced").ForceOpen();
        _world.Group.GetOrAdd("disabled").Disable();
        _world.Group.GetOrAdd("metrics").MetricsOnly();
        var world = new GroupWorld(settings: new() { BreakDuration = BreakDuration.UntilReset });
        world.Group.GetOrAdd("until reset").Trip();

        _world.Wait(100 * Timeout);
        world.Wait(100 * Timeout);

        Assert.Equal("disabled forced metrics", _world.Keys);
        Assert.Equal("until reset", world.Keys);
        Assert.False(_world.Call("forced"));
    }

    [Theory]
    [InlineData(BreakerState.MetricsOnly)]
    [InlineData(BreakerState.Disabled)]
    [InlineData(BreakerState.ForcedOpen)]
    [InlineData(BreakerState.Open)]
    public void Circuits_in_their_initial_state_do_not_fill_the_group(BreakerState initial)
    {
        var world = new GroupWorld(settings: new() { InitialState = initial, BreakDuration = BreakDuration.UntilReset });
        world.Call("acme");

        world.Wait(Timeout + Late, detached: 1);

        Assert.Empty(world.Group);
        world.Call("acme");
        Assert.Equal(initial, world.Group.GetOrAdd("acme").State);
    }

    [Fact]
    public void A_pipeline_with_the_breaker_of_a_key_survives_its_eviction()
    {
        var pipeline = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(_world.Group.GetOrAdd("acme")).Build();
        pipeline.Execute(() => 1);
        _world.Wait(2 * Timeout, detached: 1);
        Assert.Empty(_world.Group);

        pipeline.Execute(() => 1);
        Assert.Equal(("acme", 2), (_world.Keys, _world.Now.Successes));
        _world.Group.GetOrAdd("acme").Trip();

        Assert.Throws<CallNotPermittedException>(() => pipeline.Execute(() => 1));
    }

    [Fact]
    public void A_breaker_that_is_kept_stands_for_its_key()
    {
        var kept = _world.Group.GetOrAdd("acme");
        kept.Admit().Settle(Verdict.Success);
        _world.Wait(2 * Timeout, detached: 1);
        Assert.Empty(_world.Group);

        _world.Fail("acme");

        Assert.Equal((BreakerState.Open, "tenants/acme"), (kept.State, kept.Name));
        Assert.False(kept.TryAdmit(out _));
        Assert.Throws<CallNotPermittedException>(() => kept.Admit());
        Assert.Equal((3, 4), (kept.Snapshot().Failures, _world.Now.Requests));
    }

    [Fact]
    public void Reading_a_kept_breaker_creates_none()
    {
        var kept = _world.Group.GetOrAdd("acme");
        kept.Trip();
        _world.Wait(2 * Timeout, detached: 1);

        Assert.Equal((BreakerState.Closed, BreakerState.Closed), (kept.State, kept.Snapshot().State));
        Assert.Equal(("FailureStreak(3)", "FailureStreak(3)"), (kept.Snapshot().Rule, $"{kept.CopySettings().Tripper}"));
        Assert.Empty(kept.Warnings);
        Assert.Empty(_world.Group);
    }

    [Fact]
    public void A_call_through_a_kept_breaker_returns_its_key_to_the_group()
    {
        var kept = _world.Group.GetOrAdd("acme");
        _world.Wait(2 * Timeout, detached: 1);

        kept.Admit().Settle(Verdict.Failure);

        Assert.Equal(("acme", 1), (_world.Keys, _world.Now.Failures));
        Assert.True(_world.Group.TryGet("acme", out var current));
        Assert.Equal(1, current.Snapshot().Failures);
    }

    [Fact]
    public void A_manual_call_through_a_kept_breaker_acts_on_its_key_alone()
    {
        var world = new GroupWorld(new() { MaxBreakers = 1, IdleTimeout = Timeout });
        var kept = world.Group.GetOrAdd("acme");
        world.Wait(2 * Timeout, detached: 1);
        world.Call("globex");

        var signal = kept.ForceOpen("maintenance");

        Assert.Equal(("acme", BreakerState.ForcedOpen), (signal?.Key, signal?.NewState));
        Assert.Equal("acme globex", world.Keys);
        Assert.Equal((false, BreakerState.Closed), (world.Call("acme"), world.Group.Shared.State));
    }

    [Fact]
    public void A_breaker_without_a_place_stands_for_the_shared_one()
    {
        var world = new GroupWorld(new() { MaxBreakers = 1, IdleTimeout = Timeout });
        var kept = world.Group.GetOrAdd("acme");
        world.Wait(2 * Timeout, detached: 1);
        world.Call("globex");

        kept.Admit().Settle(Verdict.Success);

        Assert.Equal((1, 2), (world.Now.Shared.Successes, world.Now.Successes));
    }

    [Fact]
    public void A_result_that_arrives_after_the_eviction_is_stale_and_counted()
    {
        var kept = _world.Group.GetOrAdd("acme");
        var call = kept.Admit();
        Assert.True(_world.Group.Resolve("acme").TryEvict(kept.Machine.Phase));

        Assert.Equal((0, 1), (_world.Now.Requests, _world.Now.InFlight));
        call.Settle(Verdict.Failure);

        Assert.Equal((1, 0, 1), (_world.Now.Failures, _world.Now.InFlight, _world.Group.Snapshot().Sums.Stale));
    }

    [Fact]
    public void An_evicted_breaker_whose_call_is_in_flight_is_retired_after_the_call()
    {
        var member = _world.Group.Resolve("acme");
        var call = member.Breaker.Admit();
        _world.Group.Evict(member, member.Machine.Phase);
        Assert.True(SpinWait.SpinUntil(() => member.IsDetached, TimeSpan.FromSeconds(20)));
        _world.Wait(Timeout);
        Assert.Equal((0, 1), (_world.Now.Requests, _world.Now.InFlight));
        Assert.True(member.Index >= 0);

        call.Settle(Verdict.Success);
        _world.Wait(Timeout);

        Assert.Equal((1, 0, -1), (_world.Now.Requests, _world.Now.InFlight, member.Index));
    }

    [Fact]
    public void Nothing_is_evicted_without_a_timeout()
    {
        var world = new GroupWorld(new() { IdleTimeout = System.Threading.Timeout.InfiniteTimeSpan });
        world.Call("acme");

        world.Wait(TimeSpan.FromDays(365));

        Assert.Equal(("acme", 0), (world.Keys, world.Time.TimersFired));
    }

    [Fact]
    public void An_empty_group_sets_no_timer()
    {
        Assert.Equal(0, _world.Time.ArmedTimers);
        _world.Call("acme");
        Assert.Equal(1, _world.Time.ArmedTimers);

        _world.Wait(3 * Timeout, detached: 1);
        _world.Wait(Timeout);

        Assert.Equal(0, _world.Time.ArmedTimers);
    }

    [Fact]
    public void A_new_timeout_holds_for_the_breakers_that_exist()
    {
        var world = new GroupWorld(new() { IdleTimeout = System.Threading.Timeout.InfiniteTimeSpan });
        world.Call("acme");

        world.Group.Reconfigure(world.Settings, new() { IdleTimeout = GroupWorld.Minute });
        world.Wait(2 * GroupWorld.Minute, detached: 1);

        Assert.Empty(world.Group);
    }

    [Fact]
    public void A_shorter_timeout_holds_at_once()
    {
        var world = new GroupWorld(new() { IdleTimeout = TimeSpan.FromDays(100) });
        world.Call("acme");

        world.Group.Reconfigure(world.Settings, new() { IdleTimeout = GroupWorld.Minute });
        world.Wait(2 * GroupWorld.Minute, detached: 1);

        Assert.Empty(world.Group);
    }

    [Fact]
    public void A_listener_that_hangs_does_not_stop_eviction()
    {
        using var release = new ManualResetEventSlim();
        var listener = new HangingOnDetach(release);
        var group = new BreakerGroup("tenants", new() { Listeners = { listener } }, timeProvider: _world.Time);
        group.GetOrAdd("a").Admit().Settle(Verdict.Success);
        group.GetOrAdd("b").Admit().Settle(Verdict.Success);

        _world.Time.Advance(2 * Timeout);

        Assert.Empty(group);
        Assert.Equal((2, 2), (group.Snapshot().Evicted, group.Snapshot().Requests));
        release.Set();
    }

    [Fact]
    public void An_evicted_breaker_can_be_collected()
    {
        var reference = Evicted();
        for (var i = 0; i < 50 && reference.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Yield();
        }

        Assert.False(reference.IsAlive);
        Assert.Equal(1, _world.Now.Successes);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        WeakReference Evicted()
        {
            var breaker = _world.Group.GetOrAdd("acme");
            breaker.Admit().Settle(Verdict.Success);
            _world.Wait(2 * Timeout, detached: 1);
            return new(breaker);
        }
    }

    [Fact]
    public void A_group_that_nobody_references_is_collected()
    {
        var reference = Abandoned();
        for (var i = 0; i < 50 && reference.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Yield();
        }

        Assert.False(reference.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        WeakReference Abandoned()
        {
            var group = new BreakerGroup("tenants", timeProvider: _world.Time);
            group.GetOrAdd("acme").Admit().Settle(Verdict.Success);
            return new(group);
        }
    }

    private sealed class HangingOnDetach(ManualResetEventSlim release) : ICircuitListener
    {
        public void OnSignal(Signal signal) { }

        public void OnDetached(FluxgateBreaker breaker) => release.Wait(TimeSpan.FromSeconds(20));
    }
}
