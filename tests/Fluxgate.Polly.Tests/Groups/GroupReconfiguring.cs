namespace Fluxgate;

/// <summary>New settings of a group hold for all of its breakers, which keep their state.</summary>
public sealed class GroupReconfiguring
{
    private readonly GroupWorld _world = new();

    [Fact]
    public void Existing_new_and_shared_breakers_have_the_new_settings()
    {
        _world.Fail("acme", calls: 1);
        var changes = _world.Group.Reconfigure(With(Tripper.FailureStreak(2)));

        _world.Fail("acme", calls: 1);
        _world.Fail("globex", calls: 2);
        _world.Fail(null, calls: 2);

        Assert.Equal(["Tripper: FailureStreak(3) -> FailureStreak(2)", "BreakDuration: Fixed(30s) -> Fixed(1m)"], changes);
        Assert.Equal((2, BreakerState.Open), (_world.Now.CircuitsIn(BreakerState.Open), _world.Now.Shared.State));
    }

    [Fact]
    public void Changes_of_options_are_listed()
    {
        var changes = _world.Group.Reconfigure(
            _world.Settings,
            new()
            {
                MaxBreakers = 5,
                IdleTimeout = System.Threading.Timeout.InfiniteTimeSpan,
                MaxOpenRatio = 0.25,
                MaxKeySeries = 7,
            }
        );

        Assert.Equal(
            ["MaxBreakers: 1000 -> 5", "IdleTimeout: 10m -> never", "MaxOpenRatio: none -> 25%", "MaxKeySeries: 100 -> 7"],
            changes
        );
        Assert.Empty(_world.Group.Reconfigure(_world.Settings, _world.Group.Options));
    }

    [Fact]
    public void An_override_comes_and_goes()
    {
        var options = new BreakerGroupOptions { Overrides = { ["vip"] = With(Tripper.FailureStreak(1)) } };
        _world.Call("vip");
        _world.Group.Reconfigure(_world.Settings, options);
        _world.Fail("vip", calls: 1);
        Assert.Equal(BreakerState.Open, _world.Group.GetOrAdd("vip").State);
        _world.Group.GetOrAdd("vip").Reset();

        _world.Group.Reconfigure(_world.Settings);
        _world.Fail("vip", calls: 1);

        Assert.Equal(BreakerState.Closed, _world.Group.GetOrAdd("vip").State);
    }

    [Fact]
    public void Invalid_settings_change_nothing()
    {
        Assert.Throws<ArgumentException>(() => _world.Group.Reconfigure(With(Tripper.FailureStreak(2)), new() { MaxBreakers = 0 }));
        Assert.Throws<ArgumentNullException>(() => _world.Group.Reconfigure(null!));

        _world.Fail("acme", calls: 2);

        Assert.Equal((BreakerState.Closed, 1_000), (_world.Group.GetOrAdd("acme").State, _world.Group.Options.MaxBreakers));
    }

    [Fact]
    public void Fewer_places_evict_nothing_that_is_in_use()
    {
        _world.Call("a");
        _world.Call("b");
        _world.Group.Reconfigure(_world.Settings, new() { MaxBreakers = 1 });

        _world.Call("c");

        Assert.Equal(("a b", 1), (_world.Keys, _world.Now.Shared.Requests));
    }

    [Fact]
    public void Slow_calls_of_former_thresholds_stay_and_are_bounded()
    {
        var world = new GroupWorld(settings: Slow(1));
        for (var seconds = 1; seconds <= 40; seconds++)
        {
            world.Group.Reconfigure(Slow(seconds));
            world.Group.GetOrAdd("acme").Admit().Settle(Verdict.Success, TimeSpan.FromMinutes(1));
            world.Wait(TimeSpan.FromMinutes(20), detached: seconds);
        }

        Assert.Equal(40, world.Now.Requests);
        Assert.Equal(
            Enumerable.Range(25, 16).Select(seconds => (TimeSpan.FromSeconds(seconds), 1L)),
            world.Now.Sums.SlowCalls.Where(slow => slow.Total > 0).Select(slow => (slow.Threshold, slow.Total))
        );

        static FluxgateBreakerSettings Slow(int seconds) =>
            With(Tripper.MinRequests(9) & Tripper.SlowRate(1, TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public void A_breaker_created_during_a_reconfiguration_has_the_new_settings()
    {
        for (var round = 0; round < 300; round++)
        {
            var world = new GroupWorld();
            ConcurrentWork.Run(thread =>
            {
                if (thread == 0)
                {
                    world.Group.Reconfigure(With(Tripper.FailureStreak(1)));
                }
                else
                {
                    world.Group.GetOrAdd($"{thread}");
                }
            });

            Assert.All(world.Group, breaker => Assert.Equal("FailureStreak(1)", breaker.Snapshot().Rule));
        }
    }

    private static FluxgateBreakerSettings With(Tripper tripper) => new() { Tripper = tripper };
}
