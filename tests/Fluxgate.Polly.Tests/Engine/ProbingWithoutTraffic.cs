namespace Fluxgate;

public sealed class ProbingWithoutTraffic
{
    [Fact]
    public void A_timer_ends_the_break_when_no_call_comes()
    {
        var world = new World(new() { ProbeWithoutTraffic = true });
        world.Breaker.Trip();

        world.Wait(59.999);
        Assert.Equal(BreakerState.Open, world.State);
        world.Wait(0.001);

        Assert.Equal(BreakerState.HalfOpen, world.State);
        Assert.Equal("payments: open -> half_open (the break of 60s is over)", world.Signals[1].ToString());
    }

    [Fact]
    public void The_first_call_after_a_timed_break_probes_whatever_the_permit()
    {
        var world = new World(
            new()
            {
                ProbeWithoutTraffic = true,
                Permit = Permit.Random(0.1),
                Randomizer = () => 0.9,
            }
        );
        world.Breaker.Trip();
        world.Wait(60);

        world.Begin();

        world.Rejects();
    }

    [Fact]
    public void A_timer_settles_a_probe_whose_lease_expires()
    {
        var world = new World(
            new()
            {
                ProbeWithoutTraffic = true,
                InitialState = BreakerState.HalfOpen,
                Tripper = HalfOpenWorld.QuietRule,
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(1),
            }
        );
        world.Begin();

        world.Wait(29.999);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Wait(0.001);

        Assert.Equal(
            "payments: half_open -> open (none of 1 probes succeeded, 1 of 1 probes exceeded the lease of 30s)",
            Assert.Single(world.Signals).ToString()
        );
    }

    [Fact]
    public void Each_lease_expires_at_its_own_time()
    {
        var world = new World(
            new()
            {
                ProbeWithoutTraffic = true,
                InitialState = BreakerState.HalfOpen,
                Permit = Permit.All,
            }
        );
        world.Begin();
        world.Wait(10);
        world.Begin();

        world.Wait(20);
        Assert.Equal((1, 1), (world.Now.Failures, world.Now.HalfOpenInFlight));
        world.Wait(9.999);
        Assert.Equal(1, world.Now.Failures);
        world.Wait(0.001);

        Assert.Equal((2, 0), (world.Now.Failures, world.Now.HalfOpenInFlight));
    }

    [Fact]
    public void A_dependency_that_stays_down_and_hangs_is_probed_again_and_again()
    {
        var world = new World(
            new()
            {
                ProbeWithoutTraffic = true,
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(1),
            }
        );
        world.Breaker.Trip();

        for (var i = 1; i <= 3; i++)
        {
            world.Wait(60);
            world.Begin();
            world.Wait(30);
            Assert.Equal((BreakerState.Open, i), (world.State, world.Now.Reopens));
        }
    }

    [Fact]
    public void The_timer_of_a_break_does_not_change_a_manual_state()
    {
        var world = new World(new() { ProbeWithoutTraffic = true });
        world.Breaker.Trip();
        world.Breaker.ForceOpen();

        world.Wait(3600);

        Assert.Equal((BreakerState.ForcedOpen, 2), (world.State, world.Signals.Count));
    }

    [Fact]
    public void A_later_break_keeps_its_own_deadline()
    {
        var world = new World(new() { ProbeWithoutTraffic = true });
        world.Breaker.Trip();
        world.Wait(50);
        world.Breaker.Reset();
        world.Breaker.Trip();

        world.Wait(59.999);
        Assert.Equal(BreakerState.Open, world.State);
        world.Wait(0.001);

        Assert.Equal(BreakerState.HalfOpen, world.State);
    }

    [Fact]
    public void A_breaker_that_starts_open_ends_its_break_by_the_timer()
    {
        var world = new World(new() { ProbeWithoutTraffic = true, InitialState = BreakerState.Open });

        world.Wait(60);

        Assert.Equal(BreakerState.HalfOpen, world.State);
    }

    [Fact]
    public void A_break_of_months_is_not_shortened()
    {
        var world = new World(new() { ProbeWithoutTraffic = true, BreakDuration = BreakDuration.Fixed(TimeSpan.FromDays(100)) });
        world.Breaker.Trip();

        world.Time.Advance(TimeSpan.FromDays(100) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(BreakerState.Open, world.State);
        world.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(BreakerState.HalfOpen, world.State);
    }

    [Fact]
    public void UntilReset_sets_no_timer()
    {
        var world = new World(new() { ProbeWithoutTraffic = true, BreakDuration = BreakDuration.UntilReset });

        world.Breaker.Trip();

        Assert.Equal(0, world.Time.ArmedTimers);
    }

    [Fact]
    public void There_is_no_timer_by_default()
    {
        var world = new World();

        world.Breaker.Trip();

        Assert.Equal(0, world.Time.ArmedTimers);
    }

    [Fact]
    public void A_timer_set_late_does_not_replace_the_timer_of_the_next_phase()
    {
        var time = new LateTimers();
        var breaker = new FluxgateBreaker(
            "payments",
            new()
            {
                ProbeWithoutTraffic = true,
                InitialState = BreakerState.HalfOpen,
                Permit = Permit.All,
                ProbeLease = TimeSpan.FromMinutes(30),
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(1)),
            },
            time
        );

        // Between a probe and the timer for its lease the circuit opens, with another due time.
        time.BeforeNext = () => breaker.Trip();
        breaker.Admit();
        Assert.Equal(BreakerState.Open, breaker.State);

        time.Inner.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(BreakerState.HalfOpen, breaker.State);
    }

    private sealed class LateTimers : TimeProvider
    {
        public VirtualTime Inner { get; } = new();

        public Action? BeforeNext { get; set; }

        public override long TimestampFrequency => Inner.TimestampFrequency;

        public override long GetTimestamp() => Inner.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => Inner.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new LateTimer(this, Inner.CreateTimer(callback, state, dueTime, period));

        private sealed class LateTimer(LateTimers time, ITimer inner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                var before = time.BeforeNext;
                time.BeforeNext = null;
                before?.Invoke();
                return inner.Change(dueTime, period);
            }

            public void Dispose() => inner.Dispose();

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
