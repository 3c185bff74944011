using Polly.CircuitBreaker;

namespace Fluxgate;

/// <content>How many probes are admitted, and how many decide.</content>
public sealed partial class HalfOpenTraps
{
    private static World RateWorld(int minimum, Recovery recovery, Permit? permit = null, Window? window = null)
    {
        var settings = TwoFailures.Settings(permit, recovery);
        settings.Window = window ?? settings.Window;
        settings.Tripper = Tripper.MinRequests(minimum) & Tripper.FailureRate(0.5);
        var world = new World(settings);
        world.Fail(minimum);
        Assert.Equal(BreakerState.Open, world.State);
        world.Time.Advance(TwoFailures.Break);
        return world;
    }

    [Fact]
    public void H8_The_first_success_does_not_close_when_the_recovery_needs_more()
    {
        var world = RateWorld(20, Recovery.AfterProbes(5));
        world.Succeed(4);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void H8_Failures_reopen_although_the_minimum_exceeds_the_probes()
    {
        var world = RateWorld(20, Recovery.AfterProbes(5));
        world.Fail(4);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Fail();
        Assert.Equal((BreakerState.Open, 1), (world.State, world.Now.Reopens));
    }

    [Fact]
    public void H8_WhenQuiet_closes_on_the_first_success()
    {
        var world = RateWorld(20, Recovery.WhenQuiet);
        world.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void H8_WhenQuiet_stays_half_open_after_nineteen_failures_of_twenty()
    {
        var world = RateWorld(20, Recovery.WhenQuiet);
        world.Fail(19);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Fail();
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Theory]
    [InlineData(4, BreakerState.Closed)]
    [InlineData(5, BreakerState.Open)]
    [InlineData(10, BreakerState.Open)]
    public void H9_A_minimum_beyond_the_probes_is_capped_at_their_number(int failures, BreakerState then)
    {
        var world = RateWorld(100, Recovery.AfterProbes(10), Permit.MaxConcurrent(1));
        world.Fail(failures);
        world.Succeed(10 - failures);
        Assert.Equal(then, world.State);
        Assert.Equal(10, world.Now.Requests - 100);
    }

    [Fact]
    public void H9_A_recovery_can_need_more_probes_than_the_window_contains()
    {
        var world = RateWorld(5, Recovery.AfterProbes(50), window: Window.Count(5));
        world.Succeed(49);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void H9_Infrequent_probes_add_up_in_a_time_window()
    {
        var world = RateWorld(10, Recovery.AfterProbes(4), window: Window.Time(TimeSpan.FromSeconds(60)));
        foreach (var verdict in new[] { Verdict.Failure, Verdict.Success, Verdict.Failure, Verdict.Success })
        {
            Assert.NotEqual(BreakerState.Closed, world.State);
            world.Begin().Settle(verdict);
            world.Wait(3600);
        }

        Assert.Equal("payments: half_open -> open (MinRequests 4 >= 4 & FailureRate 50% >= 50% (2 of 4))", world.Signals[^1].ToString());
    }

    [Fact]
    public void H10_Ten_probes_are_in_flight_until_one_succeeds()
    {
        var world = TwoFailures.World(Permit.All, Recovery.AfterProbes(100));
        world.AwaitProbe();
        var probes = world.Ask(1000);
        Assert.Equal((10, 990), (probes.Count, world.Now.RejectedIn(BreakerState.HalfOpen)));

        probes[0].Settle(Verdict.Failure);
        Assert.Single(world.Ask(1000));
        probes[1].Settle(Verdict.Success);
        Assert.Equal(1000, world.Ask(1000).Count);
    }

    [Fact]
    public void H10_MaxConcurrent_also_applies_after_a_success()
    {
        var world = TwoFailures.World(Permit.MaxConcurrent(20), Recovery.AfterProbes(100));
        world.AwaitProbe();
        var probes = world.Ask(1000);
        Assert.Equal(20, probes.Count);

        probes[0].Settle(Verdict.Success);
        Assert.Single(world.Ask(1000));
    }

    [Fact]
    public void H10_Many_simultaneous_calls_never_exceed_the_limit_of_probes()
    {
        var world = TwoFailures.World(Permit.All, Recovery.AfterProbes(100));
        world.AwaitProbe();
        var admitted = 0;
        Parallel.For(0, 10_000, _ => Interlocked.Add(ref admitted, world.Breaker.TryAdmit(out var _) ? 1 : 0));

        Assert.Equal((10, 10), (admitted, world.Now.HalfOpenInFlight));
    }

    // Earlier versions admitted all of them (Polly#216); 8.9.1 admits the first one and rejects all others until it ends.
    [Fact]
    public async Task H10_Polly_8_9_1_admits_one_probe_and_rejects_the_rest()
    {
        var polly = new PollyWorld();
        await polly.Open();
        polly.Wait(5);
        var crowd = new CallInFlight[1000];
        Parallel.For(0, crowd.Length, caller => crowd[caller] = polly.Calls.Begin());

        var probe = Assert.Single(crowd, call => call.IsAdmitted);
        Assert.Equal(CircuitState.HalfOpen, polly.State);
        await probe.Succeed();
        Assert.Equal(CircuitState.Closed, polly.State);
    }

    [Fact]
    public void H11_One_failed_probe_does_not_reopen()
    {
        var world = RateWorld(100, Recovery.AfterProbes(10));
        world.Fail();
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Succeed(9);
        Assert.Equal((BreakerState.Closed, 0), (world.State, world.Now.Reopens));
    }

    [Fact]
    public async Task H11_Polly_reopens_on_one_failed_probe_for_the_whole_break()
    {
        var polly = new PollyWorld();
        await polly.Open();
        polly.Wait(5);
        await polly.Calls.Fail();

        Assert.Equal(CircuitState.Open, polly.State);
        polly.Wait(4.999);
        await polly.Rejects();
    }
}
