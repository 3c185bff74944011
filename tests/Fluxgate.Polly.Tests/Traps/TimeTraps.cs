using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>Clocks that jump, windows that keep too much or too little, rules that can never fire.</summary>
public sealed partial class TimeTraps
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void T1_A_break_keeps_its_length_when_the_wall_clock_jumps(int hours)
    {
        var world = TwoFailures.World();
        world.Fail(2);
        world.Time.JumpWallClock(hours * Hour);

        world.Wait(4.999);
        Assert.Equal(TimeSpan.FromMilliseconds(1), Assert.Throws<CallNotPermittedException>(world.Breaker.Admit).RetryAfter);
        world.Wait(0.001);
        world.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void T1_A_timer_ends_the_break_on_time_when_the_wall_clock_jumps(int hours)
    {
        var settings = TwoFailures.Settings();
        settings.ProbeWithoutTraffic = true;
        var world = new World(settings);
        world.Fail(2);
        world.Time.JumpWallClock(hours * Hour);

        world.Wait(4.999);
        Assert.Equal(BreakerState.Open, world.State);
        world.Wait(0.001);
        Assert.Equal(BreakerState.HalfOpen, world.State);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void T1_Leases_ramps_and_recoveries_ignore_the_wall_clock(int hours)
    {
        var world = TwoFailures.World(Permit.RampUp(0.5, 1, TimeSpan.FromSeconds(10)), Recovery.After(TimeSpan.FromSeconds(20)));
        world.AwaitProbe();
        var lost = world.Begin();
        world.Time.JumpWallClock(hours * Hour);
        world.Wait(20);
        world.Succeed();
        Assert.Equal("payments: half_open -> closed (1 of 1 probes succeeded)", world.Signals[^1].ToString());
        lost.Dispose();

        world.AwaitProbe();
        world.Begin();
        world.Time.JumpWallClock(hours * Hour);
        world.Wait(10);
        world.Succeed();
        Assert.Equal((BreakerState.HalfOpen, 1), (world.State, world.Now.HalfOpenInFlight));
        world.Wait(20);
        world.Succeed();
        Assert.Equal("payments: half_open -> closed (2 of 3 probes succeeded)", world.Signals[^1].ToString());
    }

    [Fact]
    public async Task T1_Polly_stays_open_for_the_hour_that_the_wall_clock_steps_back()
    {
        var polly = new PollyWorld();
        await polly.Open();
        polly.Time.JumpWallClock(-Hour);

        polly.Wait(3600);
        Assert.Equal(TimeSpan.FromSeconds(5), (await polly.Rejects()).RetryAfter);
        polly.Wait(5);
        await polly.Calls.Succeed();
        Assert.Equal(CircuitState.Closed, polly.State);
    }

    [Fact]
    public async Task T1_Polly_probes_at_once_when_the_wall_clock_steps_forward()
    {
        var polly = new PollyWorld();
        await polly.Open();
        polly.Time.JumpWallClock(Hour);

        await polly.Calls.Succeed();
        Assert.Equal(CircuitState.Closed, polly.State);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void T2_A_time_window_keeps_its_length_after_the_wall_clock_stepped_back(string rule)
    {
        var world = MinuteWindow(rule);
        world.Succeed();
        world.Time.JumpWallClock(-Hour);

        // Ten calls in 45 s, in each of many windows: a window that shrank would never contain them.
        for (var window = 0; window < 10; window++)
        {
            world.Wait(60);
            for (var call = 0; call < 9; call++)
            {
                world.Succeed();
                world.Wait(5);
            }

            world.Succeed();
            Assert.Equal(10, world.Now.WindowRequests);
        }

        world.Wait(60);
        world.Fail(5);
        world.Wait(45);
        world.Fail(5);
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void T3_An_idle_hour_empties_a_time_window(string rule)
    {
        var world = MinuteWindow(rule);
        world.Fail(9);
        Assert.Equal((9, 9), (world.Now.WindowRequests, world.Now.WindowFailures));
        world.Time.Advance(Hour);
        Assert.Equal((0, null), (world.Now.WindowRequests, world.Now.FailureRate));

        world.Fail(9);
        Assert.Equal((BreakerState.Closed, 9), (world.State, world.Now.WindowRequests));
        world.Fail();
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void T3_A_time_window_expires_calls_while_others_arrive(string rule)
    {
        var world = MinuteWindow(rule);
        world.Fail(9);
        for (var second = 0; second < 60; second += 20)
        {
            world.Wait(20);
            world.Ignore();
        }

        Assert.Equal(0, world.Now.WindowRequests);
        world.Fail();
        Assert.Equal(BreakerState.Closed, world.State);
    }

    /// <summary>Three kinds of one window: of failures only, of slow calls, of durations.</summary>
    public static TheoryData<string> Rules =>
        [
            "MinRequests(10) & FailureRate(50%)",
            "MinRequests(10) & (FailureRate(50%) | SlowRate(50%, 1s))",
            "MinRequests(10) & (FailureRate(50%) | AvgLatency(1s))",
        ];

    private static World MinuteWindow(string rule) =>
        new(
            new()
            {
                Window = Window.Time(TimeSpan.FromSeconds(60)),
                Tripper =
                    Tripper.MinRequests(10)
                    & rule switch
                    {
                        _ when rule.Contains("SlowRate") => Tripper.FailureRate(0.5) | Tripper.SlowRate(0.5, TimeSpan.FromSeconds(1)),
                        _ when rule.Contains("AvgLatency") => Tripper.FailureRate(0.5) | Tripper.AvgLatency(TimeSpan.FromSeconds(1)),
                        _ => Tripper.FailureRate(0.5),
                    },
            }
        );
}
