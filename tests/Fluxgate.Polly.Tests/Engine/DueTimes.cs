namespace Fluxgate;

public sealed class DueTimes
{
    [Fact]
    public void A_lease_that_expired_before_its_phase_ended_sets_no_negative_timer()
    {
        var world = new World(new() { ProbeWithoutTraffic = true });
        world.Breaker.Probe();
        world.Begin();
        world.Time.JumpMonotonicClock(TimeSpan.FromSeconds(30.005));
        world.Time.BeforeNextRead = () => world.Breaker.Reset();
        world.Time.Advance(TimeSpan.Zero);

        Assert.Equal((BreakerState.Closed, 2), (world.State, world.Signals.Count));
        Assert.Equal(0, world.Breaker.Snapshot().UserErrors(UserErrorSource.Clock));
    }

    [Fact]
    public void A_call_that_finds_an_expired_lease_as_its_phase_ends_is_admitted()
    {
        var world = new World(new() { Permit = Permit.All });
        world.Breaker.Probe();
        world.Begin();
        world.Breaker.Reconfigure(new() { Permit = Permit.All, ProbeWithoutTraffic = true });
        world.Time.JumpMonotonicClock(TimeSpan.FromSeconds(31));
        world.Time.BeforeNextRead = () => world.Breaker.Reset();

        Assert.Equal(BreakerState.Closed, world.Begin().State);
        Assert.Equal(0, world.Breaker.Snapshot().UserErrors(UserErrorSource.Clock));
    }

    [Fact]
    public void A_timer_that_throws_is_counted_and_calls_continue()
    {
        var time = new BrokenTimers();
        var breaker = new FluxgateBreaker("payments", new() { ProbeWithoutTraffic = true }, time);

        breaker.Trip();

        Assert.Equal((BreakerState.Open, 1), (breaker.State, breaker.Snapshot().UserErrors(UserErrorSource.Clock)));
        breaker.Dispose();
    }

    [Fact]
    public void A_clock_that_throws_is_counted_and_keeps_its_last_timestamp()
    {
        var time = new BrokenClock();
        var breaker = new FluxgateBreaker("payments", new() { Tripper = Tripper.FailureStreak(1) }, time);
        time.Broken = true;

        breaker.Admit().Settle(Verdict.Failure);

        Assert.False(breaker.TryAdmit(out _));
        Assert.True(breaker.Snapshot().UserErrors(UserErrorSource.Clock) > 0);
        time.Broken = false;
        time.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(BreakerState.HalfOpen, breaker.Admit().State);
        breaker.Dispose();
    }

    [Fact]
    public void A_clock_without_a_frequency_throws()
    {
        var error = Assert.Throws<ArgumentException>(() => new FluxgateBreaker("payments", timeProvider: new VirtualTime(0)));

        Assert.StartsWith(
            "timeProvider must have a TimestampFrequency greater than 0, but VirtualTime has 0.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    private sealed class BrokenTimers : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer();

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

            public void Dispose() => throw new NotSupportedException();

            public ValueTask DisposeAsync() => throw new NotSupportedException();
        }
    }

    private sealed class BrokenClock : TimeProvider
    {
        public VirtualTime Time { get; } = new();

        public bool Broken { get; set; }

        public override long TimestampFrequency => Time.TimestampFrequency;

        public override long GetTimestamp() => Broken ? throw new NotSupportedException() : Time.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => Broken ? throw new NotSupportedException() : Time.GetUtcNow();
    }
}
