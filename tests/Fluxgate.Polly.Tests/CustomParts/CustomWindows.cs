namespace Fluxgate;

/// <summary>A custom window: the calls since the last success.</summary>
public sealed class CustomWindows
{
    [Fact]
    public void A_custom_window_determines_the_calls_of_the_rule()
    {
        var world = new World(new() { Window = new SinceTheLastSuccess(), Tripper = Tripper.MinRequests(3) & Tripper.FailureRate(1) });

        world.Fail(2);
        world.Succeed();
        world.Fail(2);
        Assert.Equal((BreakerState.Closed, 2, 2), (world.State, world.Now.WindowRequests, world.Now.WindowFailures));

        world.Fail();
        Assert.Equal("MinRequests 3 >= 3 & FailureRate 100% >= 100% (3 of 3)", Assert.Single(world.Signals).Reason.Text);
    }

    [Fact]
    public void A_custom_window_starts_empty_in_every_phase_that_records()
    {
        var window = new SinceTheLastSuccess();
        var world = new World(
            new()
            {
                Window = window,
                Tripper = Tripper.FailureStreak(2),
                BreakDuration = BreakDuration.None,
                Permit = Permit.All,
            }
        );

        world.Fail(2);
        world.Succeed(9);
        Assert.Equal((BreakerState.HalfOpen, 0), (world.State, world.Now.WindowFailures));
        world.Succeed();
        world.Breaker.MetricsOnly();

        Assert.Equal([BreakerState.Closed, BreakerState.HalfOpen, BreakerState.Closed, BreakerState.MetricsOnly], window.Started);
    }

    [Fact]
    public void A_custom_window_receives_durations_if_a_rule_needs_them()
    {
        var world = new World(new() { Window = new SinceTheLastSuccess(), Tripper = Tripper.AvgLatency(TimeSpan.FromSeconds(2)) });

        world.Take(TimeSpan.FromSeconds(1), Verdict.Failure);
        Assert.Equal(BreakerState.Closed, world.State);

        world.Take(TimeSpan.FromSeconds(4), Verdict.Failure);
        Assert.Equal("AvgLatency 2.5s >= 2s (2 calls)", Assert.Single(world.Signals).Reason.Text);
    }

    [Fact]
    public void A_custom_window_can_wrap_a_built_in_one_and_count_slow_calls()
    {
        var world = new World(
            new() { Window = new FailuresOnly(Window.Count(3)), Tripper = Tripper.SlowRate(0.5, TimeSpan.FromSeconds(1)) }
        );

        Settle(Verdict.Success, seconds: 5);
        Settle(Verdict.Failure, seconds: 0);
        Settle(Verdict.Failure, seconds: 0.9);
        Assert.Equal(BreakerState.Closed, world.State);

        Settle(Verdict.Failure, seconds: 1);
        Settle(Verdict.Failure, seconds: 1);
        Assert.Equal("SlowRate 66.7% >= 50% (2 of 3 took 1s or longer)", Assert.Single(world.Signals).Reason.Text);

        void Settle(Verdict verdict, double seconds) => world.Begin().Settle(verdict, TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void A_rule_that_needs_more_than_the_capacity_of_a_custom_window_throws() =>
        Assert.Contains(
            "MinRequests(4) requires more calls than the window's 3",
            Assert.Throws<ArgumentException>(() => new World(new() { Window = new AtMost(3), Tripper = Tripper.MinRequests(4) })).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void The_capacity_of_a_custom_window_is_not_read_while_calls_run()
    {
        var window = new AtMost(3);
        var world = new World(new() { Window = window, Tripper = Tripper.SlowRate(0.5, TimeSpan.FromSeconds(1)) });
        window.ReadsThrow = true;

        world.Begin();
        world.Fail(2);
        Assert.Equal((BreakerState.Closed, 2), (world.State, world.Now.WindowFailures));
    }

    private sealed class SinceTheLastSuccess : Window
    {
        public List<BreakerState> Started { get; } = [];

        public override WindowState Start(WindowContext context)
        {
            Started.Add(context.State);
            return new Calls();
        }

        private sealed class Calls : WindowState
        {
            private readonly object _gate = new();
            private CallCounts _sum;

            public override void Record(in CallCounts call)
            {
                lock (_gate)
                {
                    _sum = call.Failures == 0 ? default : _sum + call;
                }
            }

            public override CallCounts Read()
            {
                lock (_gate)
                {
                    return _sum;
                }
            }
        }
    }

    private sealed class FailuresOnly(Window inner) : Window
    {
        public override WindowState Start(WindowContext context) => new Filter(inner.Start(context));

        private sealed class Filter(WindowState inner) : WindowState
        {
            public override void Record(in CallCounts call)
            {
                if (call.Failures > 0)
                {
                    inner.Record(call);
                }
            }

            public override CallCounts Read() => inner.Read();
        }
    }

    private sealed class AtMost(int capacity) : Window
    {
        public bool ReadsThrow { get; set; }

        public override long? Capacity => ReadsThrow ? throw new InvalidOperationException("The capacity is unknown.") : capacity;

        public override WindowState Start(WindowContext context) => Count(capacity).Start(context);
    }
}
