namespace Fluxgate;

/// <summary>A call that makes progress, such as a streamed response, is judged by its longest wait.</summary>
public sealed class ProgressOfCalls
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly Tripper SlowRule = Tripper.MinRequests(2) & Tripper.SlowRate(1, Second);

    public static TheoryData<double[], long> Waits =>
        new()
        {
            { [0.4, 0.4, 0.4, 0.4, 0.4, 0.4], 0 },
            { [0.4, 1.2, 0.4], 1 },
            { [0.4, 0.4, 1.2], 1 },
            { [1.2, 0.1], 1 },
        };

    [Theory]
    [MemberData(nameof(Waits))]
    public void A_call_is_slow_if_one_wait_is(double[] waits, long slow)
    {
        var world = new World(new() { Tripper = SlowRule });
        var call = world.Begin();

        for (var i = 0; i < waits.Length; i++)
        {
            world.Wait(waits[i]);
            if (i < waits.Length - 1)
            {
                Deliver(call);
            }
        }

        call.Settle(Verdict.Success);
        Assert.Equal((slow, 0L), (world.Now.SlowCalls[0].Total, world.Now.SlowCalls[0].Overdue));
    }

    [Fact]
    public void A_call_that_makes_progress_is_not_overdue_until_it_stalls()
    {
        var world = new World(new() { Tripper = SlowRule });
        var calls = world.Ask(2);
        for (var part = 0; part < 20; part++)
        {
            world.Wait(0.5);
            Assert.All(calls, call => Deliver(call));
        }

        Assert.Equal((BreakerState.Closed, 0L), (world.State, world.Now.SlowCalls[0].Overdue));
        world.Wait(1.25);

        Assert.Equal(BreakerState.Open, world.State);
        Assert.Equal("MinRequests 2 >= 2 & SlowRate 100% >= 100% (2 of 2, 2 in flight, took 1s or longer)", world.Now.Reason.Text);
    }

    [Fact]
    public void The_age_of_the_oldest_call_counts_from_its_progress()
    {
        var world = new World(new() { Tripper = SlowRule });
        var call = world.Begin();
        world.Wait(10);
        Deliver(call);
        world.Wait(0.5);

        Assert.InRange(world.Now.OldestInFlight!.Value, 0.4 * Second, 0.5 * Second);
        call.Settle(Verdict.Success);
        Assert.Null(world.Now.OldestInFlight);
    }

    [Fact]
    public void Progress_renews_the_lease_of_a_probe()
    {
        var world = Probing(probes: 1);
        var probe = world.Begin();
        for (var part = 0; part < 10; part++)
        {
            world.Wait(20);
            Deliver(probe);
        }

        Assert.Equal((BreakerState.HalfOpen, 1), (world.State, world.Now.HalfOpenInFlight));
        probe.Settle(Verdict.Success);

        Assert.Equal((BreakerState.Closed, 1, 0), (world.State, world.Now.Successes, world.Now.Stale));
    }

    [Fact]
    public void A_probe_that_stalls_after_progress_loses_its_lease()
    {
        var world = Probing();
        var probe = world.Begin();
        world.Wait(20);
        Deliver(probe);

        world.Wait(31);
        world.Begin();

        Assert.Equal((1, 1), (world.Now.Failures, world.Now.HalfOpenInFlight));
        Deliver(probe);
        probe.Settle(Verdict.Success);
        Assert.Equal((1, 0, 1), (world.Now.Failures, world.Now.Successes, world.Now.Stale));
    }

    [Fact]
    public void Progress_after_the_end_of_the_lease_does_not_renew_it()
    {
        var world = Probing();
        var probe = world.Begin();

        world.Wait(31);
        Deliver(probe);
        probe.Settle(Verdict.Success);

        Assert.Equal((1, 0), (world.Now.Failures, world.Now.Successes));
    }

    [Fact]
    public void The_lease_that_ends_first_is_found_after_another_one_was_renewed()
    {
        var world = Probing(probeWithoutTraffic: true);
        var (first, second) = (world.Begin(), world.Begin());
        world.Wait(20);
        Deliver(first);

        world.Wait(10.1);
        Assert.Equal((1, 1), (world.Now.Failures, world.Now.HalfOpenInFlight));
        world.Wait(20);

        Assert.Equal((2, 0), (world.Now.Failures, world.Now.HalfOpenInFlight));
        Assert.NotNull(second);
    }

    [Theory]
    [InlineData(null, 1, 0, 0, 1)]
    [InlineData(null, 6, 0, 1, 0)]
    [InlineData(10.0, 1, 1, 0, 0)]
    [InlineData(10.0, 6, 0, 1, 0)]
    public void An_abandoned_call_is_judged_by_its_last_wait(
        double? progressAfter,
        double wait,
        long successes,
        long failures,
        long ignored
    )
    {
        var world = new World();
        var call = world.Begin();
        if (progressAfter is { } seconds)
        {
            world.Wait(seconds);
            Deliver(call);
        }

        world.Wait(wait);
        call.SettleAbandoned();

        Assert.Equal((successes, failures, ignored), (world.Now.Successes, world.Now.Failures, world.Now.Ignored));
        Assert.Equal((failures, ignored), (world.Now.AbandonedFailures, world.Now.AbandonedIgnored));
    }

    [Fact]
    public void A_call_abandoned_during_shutdown_is_ignored_even_after_progress()
    {
        var world = new World();
        world.Breaker.IgnoreAbandonedCallsOnShutdown(new CancellationToken(canceled: true));
        var call = world.Begin();
        Deliver(call);

        call.SettleAbandoned();

        Assert.Equal((0, 1), (world.Now.Successes, world.Now.Ignored));
    }

    [Fact]
    public void Progress_after_the_call_settled_does_nothing()
    {
        var world = new World(new() { Tripper = SlowRule });
        var call = world.Begin();
        call.Settle(Verdict.Success);

        Deliver(call);

        Assert.Equal((1, 0, null), (world.Now.Successes, world.Now.InFlight, world.Now.OldestInFlight));
    }

    [Fact]
    public void Progress_of_a_call_whose_phase_has_ended_changes_nothing()
    {
        var world = new World(new() { Tripper = SlowRule });
        var call = world.Begin();
        world.Breaker.Trip();
        world.Wait(2);

        Deliver(call);
        call.Settle(Verdict.Failure);

        Assert.Equal((BreakerState.Open, 1, 1, 0), (world.State, world.Now.Failures, world.Now.Stale, world.Now.InFlight));
        Assert.Null(world.Now.OldestInFlight);
    }

    [Fact]
    public void Concurrent_progress_and_results_leave_no_call_in_flight()
    {
        var world = new World(new() { Tripper = SlowRule, AbandonedAfter = Timeout.InfiniteTimeSpan });
        for (var round = 0; round < 300; round++)
        {
            var call = world.Begin();
            ConcurrentWork.Run(thread =>
            {
                if (thread == 0)
                {
                    call.Settle(Verdict.Success);
                }
                else
                {
                    Deliver(call);
                }
            });
            world.Wait(0.3);
        }

        Assert.Equal((300, 0, null), (world.Now.Successes, world.Now.InFlight, world.Now.OldestInFlight));
    }

    [Theory]
    [InlineData(BreakerState.Closed)]
    [InlineData(BreakerState.HalfOpen)]
    public void The_time_between_two_waits_is_that_of_the_caller(BreakerState state)
    {
        var world = new World(
            new()
            {
                Tripper = SlowRule,
                InitialState = state,
                ProbeLease = TimeSpan.FromDays(1),
            }
        );
        var calls = world.Ask(2);
        foreach (var call in calls)
        {
            call.Pause();
        }

        world.Wait(600);
        Assert.Equal((state, null), (world.State, world.Now.OldestInFlight));
        foreach (var call in calls)
        {
            call.Resume();
            world.Wait(0.3);
            call.Settle(Verdict.Success);
        }

        Assert.Equal((0L, 0L), (world.Now.SlowCalls[0].Total, world.Now.InFlight));
    }

    [Fact]
    public void A_call_that_settles_between_two_waits_leaves_none_in_flight()
    {
        var world = new World(new() { Tripper = SlowRule });
        var call = world.Begin();
        world.Wait(0.3);
        call.Pause();
        call.Pause();
        world.Wait(5);

        call.Settle(Verdict.Success);

        Assert.Equal((0L, 0L, null), (world.Now.SlowCalls[0].Total, world.Now.InFlight, world.Now.OldestInFlight));
        world.Wait(10);
        Assert.Equal(0L, world.Now.SlowCalls[0].Overdue);
    }

    private static void Deliver(Admission call)
    {
        call.Progress();
    }

    private static World Probing(int probes = 9, bool probeWithoutTraffic = false)
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(5),
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(probes),
                ProbeLease = TimeSpan.FromSeconds(30),
                ProbeWithoutTraffic = probeWithoutTraffic,
            }
        );
        world.Breaker.Probe();
        return world;
    }
}
