namespace Fluxgate;

/// <summary>While more than <c>MaxOpenRatio</c> of the circuits are open, no closed circuit opens by itself.</summary>
public sealed class OpenRatios
{
    [Fact]
    public void By_default_all_circuits_may_open()
    {
        var world = With(null, circuits: 4);

        Assert.Equal(4, Trip(world, "0", "1", "2", "3"));
    }

    [Fact]
    public void Half_of_the_circuits_may_open()
    {
        var world = With(0.5, circuits: 4);

        Assert.Equal(2, Trip(world, "0", "1", "2", "3"));
        Assert.Equal((2, 2), (world.Now.CircuitsIn(BreakerState.Open), world.Now.WouldTrips));
    }

    [Fact]
    public void A_blocked_trip_is_a_would_trip_that_says_why()
    {
        var world = With(0.5, circuits: 4);
        Trip(world, "0", "1", "2");

        var notice = Assert.IsType<WouldTripNotice>(Assert.Single(world.Recorded.Notices));
        Assert.Equal(
            "tenants/2: would have opened (FailureStreak 3 >= 3, but 2 of 4 circuits of the group 'tenants' are open already (MaxOpenRatio 50%))",
            notice.ToString()
        );
        var blocked = world.Group.GetOrAdd("2").Snapshot();
        Assert.Equal((BreakerState.Closed, 1, 0, 0), (blocked.State, blocked.WouldTrips, blocked.SignalCount, blocked.ConsecutiveFailures));
    }

    [Fact]
    public void One_circuit_may_always_open()
    {
        var world = With(0.01, circuits: 3);

        Assert.Equal(1, Trip(world, "0", "1"));
        var single = With(0.01, circuits: 1);
        Assert.Equal(1, Trip(single, "0"));
    }

    [Fact]
    public void The_ratio_is_not_rounded_below_its_value() => Assert.Equal(29, Trip(With(0.29, circuits: 100), [.. Keys(100)]));

    [Fact]
    public void A_blocked_circuit_opens_when_its_rule_fires_again_and_fewer_are_open()
    {
        var world = With(0.5, circuits: 2);
        Assert.Equal(1, Trip(world, "0", "1"));

        world.Group.GetOrAdd("0").Reset();

        Assert.Equal(1, Trip(world, "1"));
        Assert.Equal(BreakerState.Open, world.Group.GetOrAdd("1").State);
    }

    [Fact]
    public void A_half_open_circuit_counts_and_may_always_reopen()
    {
        var world = With(0.5, circuits: 4);
        Trip(world, "0", "1");
        world.Time.Advance(TimeSpan.FromMinutes(1));
        world.Fail("0", calls: 1);
        world.Fail("1", calls: 1);
        Assert.Equal(2, world.Now.CircuitsIn(BreakerState.HalfOpen));

        Assert.Equal(0, Trip(world, "2"));
        world.Fail("0", calls: 2);

        Assert.Equal((BreakerState.Open, BreakerState.HalfOpen), (world.Group.GetOrAdd("0").State, world.Group.GetOrAdd("1").State));
    }

    [Fact]
    public void Manual_calls_ignore_the_ratio_and_count()
    {
        var world = With(0.5, circuits: 2);
        world.Group.GetOrAdd("0").Trip();
        world.Group.GetOrAdd("1").Trip();
        Assert.Equal(2, world.Now.CircuitsIn(BreakerState.Open));
        world.Group.GetOrAdd("0").Reset();

        Assert.Equal(0, Trip(world, "0"));
    }

    [Fact]
    public void Circuits_without_traffic_do_not_count()
    {
        var world = With(0.5, circuits: 0);
        for (var i = 0; i < 6; i++)
        {
            world.Group.GetOrAdd($"disabled {i}").Disable();
        }

        world.Time.Advance(TimeSpan.FromMinutes(20));
        world.Call("0");
        world.Call("1");

        Assert.Equal(1, Trip(world, "0", "1"));
    }

    [Fact]
    public void An_evicted_open_circuit_no_longer_counts()
    {
        var world = With(0.5, circuits: 2);
        Trip(world, "0");
        world.Wait(TimeSpan.FromMinutes(20), detached: 2);
        world.Call("1");
        world.Call("2");

        Assert.Equal(1, Trip(world, "1"));
        Assert.Equal((1, 1), (world.Group.Trips.Tripped, world.Now.CircuitsIn(BreakerState.Open)));
    }

    [Fact]
    public void The_shared_breaker_may_always_open()
    {
        var world = With(0.5, circuits: 1);
        Trip(world, "0");

        world.Fail(null);

        Assert.Equal((BreakerState.Open, 1), (world.Group.Shared.State, world.Group.Trips.Tripped));
    }

    [Fact]
    public void Circuits_that_start_open_count()
    {
        var world = new GroupWorld(
            new() { MaxOpenRatio = 0.5 },
            new() { Tripper = Tripper.FailureStreak(3), InitialState = BreakerState.Open }
        );
        world.Group.GetOrAdd("0");

        Assert.Equal(1, world.Group.Trips.Tripped);
    }

    [Fact]
    public void A_circuit_that_starts_open_and_is_created_by_many_threads_counts_once()
    {
        for (var round = 0; round < 200; round++)
        {
            var world = new GroupWorld(settings: new() { InitialState = BreakerState.Open });
            ConcurrentWork.Run(_ => world.Group.GetOrAdd("0"));

            Assert.Equal(1, world.Group.Trips.Tripped);
        }
    }

    [Fact]
    public void All_circuits_count_if_none_is_evicted()
    {
        var world = With(0.5, circuits: 4);
        world.Group.Reconfigure(world.Settings, new() { MaxOpenRatio = 0.5, IdleTimeout = Timeout.InfiniteTimeSpan });
        world.Time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(2, Trip(world, "0", "1", "2"));
    }

    [Fact]
    public void The_ratio_holds_when_all_circuits_trip_at_once()
    {
        for (var round = 0; round < 50; round++)
        {
            var world = With(0.3, circuits: 20);
            ConcurrentWork.Run(thread =>
            {
                for (var i = thread; i < 20; i += ConcurrentWork.Threads)
                {
                    world.Fail($"{i}");
                }
            });

            Assert.Equal((6, 14, 6), (world.Now.CircuitsIn(BreakerState.Open), world.Now.WouldTrips, world.Group.Trips.Tripped));
        }
    }

    private static IEnumerable<string> Keys(int count) => Enumerable.Range(0, count).Select(i => $"{i}");

    private static GroupWorld With(double? ratio, int circuits)
    {
        var world = new GroupWorld(
            new() { MaxOpenRatio = ratio },
            new()
            {
                Tripper = Tripper.FailureStreak(3),
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(30)),
                Permit = Permit.All,
            }
        );
        foreach (var key in Keys(circuits))
        {
            world.Call(key);
        }

        return world;
    }

    /// <summary>Fails the calls of circuits until their rule fires, and returns how many of them opened.</summary>
    private static int Trip(GroupWorld world, params string[] keys)
    {
        var before = world.Now.Transitions(BreakerState.Closed, BreakerState.Open);
        Array.ForEach(keys, key => world.Fail(key));
        return (int)(world.Now.Transitions(BreakerState.Closed, BreakerState.Open) - before);
    }
}
