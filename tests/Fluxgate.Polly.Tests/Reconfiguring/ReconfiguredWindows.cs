namespace Fluxgate;

public sealed class ReconfiguredWindows
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // Rules that never fire here; each needs another kind of window.
    private static readonly Tripper Rates = Tripper.MinRequests(90) & Tripper.FailureRate(1);
    private static readonly Tripper Slow = Tripper.MinRequests(90) & Tripper.SlowRate(1, Second);
    private static readonly Tripper Means = Tripper.MinRequests(90) & Tripper.AvgLatency(Second);
    private static readonly Tripper SlowAndMeans = Slow | Means;

    public static TheoryData<Window, Tripper> Kinds
    {
        get
        {
            var kinds = new TheoryData<Window, Tripper>();
            foreach (var window in new[] { Window.Count(100), Window.Time(60 * Second), Window.Time(60 * Second, 3), new EndlessWindow() })
            {
                foreach (var rule in new[] { Rates, Slow, Means, SlowAndMeans })
                {
                    kinds.Add(window, rule);
                }
            }

            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_equal_window_continues(Window window, Tripper rule)
    {
        var world = new World(new() { Window = window, Tripper = rule });
        Record(world);
        for (var i = 1; i <= 3; i++)
        {
            world.Breaker.Reconfigure(new() { Window = window, Tripper = rule & Tripper.FailureStreak(50 + i) });
        }

        Assert.Equal((5, 2), (world.Now.WindowRequests, world.Now.WindowFailures));
        Assert.All(world.Now.SlowCalls, slow => Assert.Equal((2L, 0.4), (slow.Total, slow.Rate)));
        Record(world);
        Assert.Equal((10, 4, 10), (world.Now.WindowRequests, world.Now.WindowFailures, world.Now.Requests));
        Assert.All(world.Now.SlowCalls, slow => Assert.Equal((4L, 0.4), (slow.Total, slow.Rate)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_different_window_starts_empty(Window window, Tripper rule)
    {
        Window[] others = [Window.Count(99), Window.Time(60 * Second, 4), Window.Time(61 * Second), new EndlessWindow(), Window.Count(100)];
        foreach (var other in others.Where(other => !other.IsEquivalentTo(window)))
        {
            var world = new World(new() { Window = window, Tripper = rule });
            Record(world);
            world.Breaker.Reconfigure(new() { Window = other, Tripper = rule });
            Assert.Equal((0, 0, 5), (world.Now.WindowRequests, world.Now.WindowFailures, world.Now.Requests));

            Record(world);
            Assert.Equal((5, 2, 10), (world.Now.WindowRequests, world.Now.WindowFailures, world.Now.Requests));
            Assert.All(world.Now.SlowCalls, slow => Assert.Equal((4L, 0.4), (slow.Total, slow.Rate)));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_window_with_different_durations_starts_empty(Window window, Tripper rule)
    {
        Tripper[] others = [Rates, Slow, Means, SlowAndMeans, Slow | Tripper.SlowRate(1, 2 * Second)];
        foreach (var other in others.Where(other => other != rule))
        {
            var world = new World(new() { Window = window, Tripper = rule });
            Record(world);
            world.Breaker.Reconfigure(new() { Window = window, Tripper = Tripper.MinRequests(90) & other });
            Assert.Equal((0, 0, 5), (world.Now.WindowRequests, world.Now.WindowFailures, world.Now.Requests));

            Record(world);
            Assert.Equal((5, 2, 10), (world.Now.WindowRequests, world.Now.WindowFailures, world.Now.Requests));
        }
    }

    [Theory]
    [InlineData("FailureRate(100%) & FailureStreak(9)")]
    [InlineData("SlowRate(100%, 1s) & FailureStreak(9)")]
    public void A_count_window_that_continues_drops_calls_in_their_order(string rule)
    {
        var world = new World(new() { Window = Window.Count(4), Tripper = Tripper.Parse(rule) });
        world.Fail(2);
        world.Succeed();
        world.Breaker.Reconfigure(new() { Window = Window.Count(4), Tripper = Tripper.Parse(rule) & Tripper.FailureStreak(8) });
        world.Succeed(2);
        Assert.Equal((4, 1), (world.Now.WindowRequests, world.Now.WindowFailures));
        world.Succeed();
        Assert.Equal((4, 0), (world.Now.WindowRequests, world.Now.WindowFailures));
    }

    [Fact]
    public void A_time_window_that_continues_keeps_its_buckets()
    {
        var world = new World(new() { Window = Window.Time(10 * Second), Tripper = Rates });
        world.Fail();
        world.Wait(3.5);
        world.Fail();
        world.Wait(6);
        world.Breaker.Reconfigure(new() { Window = Window.Time(10 * Second), Tripper = Rates & Tripper.FailureStreak(9) });
        Assert.Equal(2, world.Now.WindowFailures);
        world.Wait(0.5);
        Assert.Equal(1, world.Now.WindowFailures);
        world.Succeed();
        world.Wait(3);
        Assert.Equal((1, 0), (world.Now.WindowRequests, world.Now.WindowFailures));
        world.Wait(7);
        Assert.Equal(0, world.Now.WindowRequests);
    }

    [Fact]
    public void The_mean_of_a_window_that_continues_covers_all_its_calls()
    {
        var world = new World(new() { Tripper = Tripper.MinRequests(4) & Tripper.AvgLatency(5 * Second) });
        world.Take(3 * Second);
        world.Take(3 * Second);
        world.Breaker.Reconfigure(new() { Tripper = Tripper.MinRequests(4) & Tripper.AvgLatency(2 * Second) });
        world.Take(Second);
        world.Take(Second);
        Assert.Equal(
            "payments: closed -> open (MinRequests 4 >= 4 & AvgLatency 2s >= 2s (4 calls))",
            Assert.Single(world.Signals).ToString()
        );
    }

    [Fact]
    public void The_same_custom_window_keeps_its_state_and_another_starts_empty()
    {
        var window = new EndlessWindow();
        var world = new World(new() { Window = window, Tripper = Rates });
        world.Breaker.Reconfigure(new() { Window = window, Tripper = Tripper.FailureStreak(9) });
        Assert.Equal(1, window.Started);
        world.Breaker.Reconfigure(new() { Window = new EndlessWindow(), Tripper = Tripper.FailureStreak(9) });
        world.Breaker.Reconfigure(new() { Window = window, Tripper = Tripper.FailureStreak(9) });
        Assert.Equal(2, window.Started);
    }

    [Fact]
    public void A_call_recorded_while_the_rule_becomes_stricter_is_judged_by_it()
    {
        FluxgateBreaker? breaker = null;
        var stricter = new FluxgateBreakerSettings { Tripper = Tripper.FailureStreak(3) };
        stricter.Window = new EndlessWindow { Recorded = sum => _ = sum.Failures == 3 ? breaker!.Reconfigure(stricter) : [] };
        var world = new World(new() { Window = stricter.Window, Tripper = Tripper.FailureStreak(9) });
        breaker = world.Breaker;
        world.Fail(2);

        Assert.Equal("FailureStreak 3 >= 3", world.Begin().Settle(Verdict.Failure)?.Reason.Text);
    }

    // Three fast successes and two slow failures.
    private static void Record(World world)
    {
        world.Succeed(3);
        world.Take(Second, Verdict.Failure);
        world.Take(Second, Verdict.Failure);
    }
}
