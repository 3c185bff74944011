using System.ComponentModel.DataAnnotations;
using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <content>Rules that cannot fire, breaks that do not last, calls that no rule counts.</content>
public sealed partial class TimeTraps
{
    [Fact]
    public void T4_A_minimum_larger_than_the_window_throws()
    {
        var settings = new FluxgateBreakerSettings { Window = Window.Count(99) };

        var error = Assert.Throws<ArgumentException>(() => new FluxgateBreaker("payments", settings));
        Assert.Equal("Tripper", error.ParamName);
        Assert.Contains("MinRequests(100) requires more calls than the window's 99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T4_Adding_a_breaker_with_such_a_rule_throws()
    {
        var builder = new ResiliencePipelineBuilder<string>();
        var settings = new FluxgateBreakerSettings { Window = Window.Count(99) };

        var error = Assert.Throws<ValidationException>(() => builder.AddFluxgateBreaker("payments", settings));
        Assert.Contains("MinRequests(100) requires more calls than the window's 99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T4_A_minimum_as_large_as_the_window_trips()
    {
        var world = new World(new() { Window = Window.Count(100) });
        world.Fail(99);
        Assert.Equal(BreakerState.Closed, world.State);
        world.Fail();
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void T4_A_branch_that_can_never_fire_is_a_warning()
    {
        var settings = new FluxgateBreakerSettings
        {
            Window = Window.Count(99),
            Tripper = Tripper.FailureStreak(5) | (Tripper.MinRequests(100) & Tripper.FailureRate(0.5)),
        };

        var warning = Assert.Single(new World(settings).Breaker.Warnings);
        Assert.Contains("MinRequests(100) & FailureRate(50%)", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(0.5, 10)]
    [InlineData(0.9999999, 15)]
    public void T5_Jitter_is_drawn_once_a_break_however_many_calls_come(double draw, int seconds)
    {
        var draws = 0;
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(2),
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(10), jitter: 0.5),
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(1),
                // Any draw but the first would be the earliest possible.
                Randomizer = () => draws++ == 0 ? draw : 0,
            }
        );
        world.Fail(2);
        for (var millisecond = 0; millisecond < (seconds * 1000) - 1; millisecond++)
        {
            world.Rejects();
            world.Wait(0.001);
        }

        world.Rejects();
        Assert.Equal(1, draws);
        world.Wait(0.001);
        world.Succeed();
        Assert.Equal((BreakerState.Closed, 1), (world.State, draws));
    }

    [Fact]
    public void T6_The_break_grows_with_every_reopen_and_starts_over_after_recovery()
    {
        var world = BackoffWorld();
        world.Fail(2);
        FailProbes(world, 4);
        world.Time.Advance(world.Now.RetryAfter!.Value);
        world.Succeed();
        Assert.Equal((BreakerState.Closed, 0), (world.State, world.Now.Reopens));

        world.Fail(2);
        FailProbes(world, 1);
        Assert.Equal([10, 20, 40, 60, 60, 10, 20], Breaks(world));
    }

    [Fact]
    public void T6_A_manual_reset_starts_the_backoff_over()
    {
        var world = BackoffWorld();
        world.Fail(2);
        FailProbes(world, 2);
        world.Breaker.Reset();
        world.Fail(2);
        Assert.Equal([10, 20, 40, 10], Breaks(world));
    }

    [Fact]
    public void T6_A_manual_trip_does_not_change_the_backoff()
    {
        var world = BackoffWorld();
        world.Fail(2);
        FailProbes(world, 1);
        world.Breaker.Probe();
        world.Breaker.Trip();
        FailProbes(world, 1);
        Assert.Equal([10, 20, 20, 40], Breaks(world));
    }

    [Theory]
    [MemberData(nameof(SlowRules))]
    public void T7_Slow_failures_trip_a_slow_rule(string rule)
    {
        var world = SlowWorld(rule);
        for (var call = 0; call < 4; call++)
        {
            Assert.Equal(BreakerState.Closed, world.State);
            world.Take(TimeSpan.FromSeconds(2), Verdict.Failure);
        }

        Assert.Equal(BreakerState.Open, world.State);
        Assert.StartsWith(rule, world.Now.Reason.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SlowRules))]
    public void T7_Fast_failures_do_not_trip_a_slow_rule(string rule)
    {
        var world = SlowWorld(rule);
        for (var call = 0; call < 100; call++)
        {
            world.Take(TimeSpan.FromMilliseconds(10), Verdict.Failure);
        }

        Assert.Equal((BreakerState.Closed, 100), (world.State, world.Now.Failures));
    }

    [Theory]
    [MemberData(nameof(SlowRules))]
    public async Task T7_A_pipeline_measures_its_failures(string rule)
    {
        var world = SlowWorld(rule);
        var calls = world.Calls();
        for (var call = 0; call < 4; call++)
        {
            Assert.Equal(BreakerState.Closed, world.State);
            var slow = calls.Begin();
            world.Wait(2);
            await slow.Fail(new TimeoutException());
        }

        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void T8_A_streak_of_failures_trips_although_one_call_succeeded()
    {
        var settings = TwoFailures.Settings();
        settings.Window = Window.Time(TimeSpan.FromSeconds(60));
        settings.Tripper = Tripper.FailureStreak(1000) | (Tripper.MinRequests(2) & Tripper.FailureRate(1));
        var world = new World(settings);
        world.Succeed();
        world.Fail(999);
        Assert.Equal((BreakerState.Closed, 1000), (world.State, world.Now.WindowRequests));
        world.Fail();
        Assert.Equal("payments: closed -> open (FailureStreak 1000 >= 1000)", world.Signals[0].ToString());
    }

    [Fact]
    public void T8_A_streak_continues_beyond_the_window()
    {
        var settings = TwoFailures.Settings();
        settings.Window = Window.Time(TimeSpan.FromSeconds(60));
        settings.Tripper = Tripper.FailureStreak(1000);
        var world = new World(settings);
        world.Succeed();
        for (var call = 0; call < 999; call++)
        {
            world.Fail();
            world.Wait(61);
        }

        Assert.Equal((BreakerState.Closed, 0), (world.State, world.Now.WindowRequests));
        world.Fail();
        Assert.Equal("payments: closed -> open (FailureStreak 1000 >= 1000)", world.Signals[0].ToString());
    }

    [Fact]
    public async Task T8_Polly_never_opens_at_a_ratio_of_one_after_one_success()
    {
        var polly = new PollyWorld();
        await polly.Calls.Succeed();
        for (var call = 0; call < 1000; call++)
        {
            Assert.True((await polly.Calls.Fail()).Exception is IOException);
        }

        Assert.Equal(CircuitState.Closed, polly.State);
    }

    public static TheoryData<string> SlowRules => ["SlowRate", "AvgLatency"];

    private static World SlowWorld(string rule) =>
        new(
            new()
            {
                Tripper =
                    (rule is "SlowRate" ? Tripper.SlowRate(0.5, TimeSpan.FromSeconds(1)) : Tripper.AvgLatency(TimeSpan.FromSeconds(1)))
                    & Tripper.MinRequests(4),
            }
        );

    private static World BackoffWorld()
    {
        var settings = TwoFailures.Settings();
        settings.BreakDuration = BreakDuration.Backoff(TimeSpan.FromSeconds(10), multiplier: 2, max: TimeSpan.FromSeconds(60));
        return new(settings);
    }

    private static void FailProbes(World world, int times)
    {
        for (var i = 0; i < times; i++)
        {
            world.Time.Advance(world.Now.RetryAfter!.Value);
            world.Fail();
            Assert.Equal(BreakerState.Open, world.State);
        }
    }

    private static IEnumerable<double> Breaks(World world) =>
        world.Signals.Select(signal => signal.BreakFor?.TotalSeconds).OfType<double>();
}
