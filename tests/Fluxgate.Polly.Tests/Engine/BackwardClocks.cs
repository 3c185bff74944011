namespace Fluxgate;

/// <summary>A custom clock may go back during a call: its duration is then unknown.</summary>
public sealed class BackwardClocks
{
    private readonly ManualClock _time = new();

    [Theory]
    [InlineData(BreakerState.Closed, false)]
    [InlineData(BreakerState.Closed, true)]
    [InlineData(BreakerState.HalfOpen, false)]
    [InlineData(BreakerState.HalfOpen, true)]
    public void A_call_over_which_the_clock_went_back_is_recorded_as_zero(BreakerState state, bool stale)
    {
        var breaker = new FluxgateBreaker(
            "payments",
            new()
            {
                InitialState = state,
                Permit = Permit.All,
                Listeners = { new BreakerMetrics() },
            },
            _time
        );
        var call = breaker.Admit();
        if (stale)
        {
            breaker.Trip();
            breaker.Reset();
        }

        _time.Ticks -= 10;
        call.Settle(Verdict.Success);

        var durations = Assert.Single(breaker.Snapshot().Durations());
        Assert.Equal((1, TimeSpan.Zero), (durations.Durations.Count, durations.Durations.Sum));
    }

    [Theory]
    [InlineData(BreakerState.Closed)]
    [InlineData(BreakerState.HalfOpen)]
    public void A_call_over_which_the_clock_went_back_does_not_change_the_mean(BreakerState state)
    {
        var breaker = new FluxgateBreaker(
            "payments",
            new()
            {
                InitialState = state,
                Permit = Permit.All,
                Window = Window.Time(TimeSpan.FromMinutes(1)),
                Tripper = Tripper.MinRequests(3) & Tripper.AvgLatency(TimeSpan.FromSeconds(1)),
            },
            _time
        );
        var call = breaker.Admit();
        _time.Ticks -= 10;
        call.Settle(Verdict.Success);

        for (var i = 0; i < 5; i++)
        {
            breaker.Settle(breaker.Admit(), Verdict.Success, TimeSpan.Zero);
        }

        Assert.Equal((state, 6), (breaker.State, breaker.Snapshot().Successes));
    }

    private sealed class ManualClock : TimeProvider
    {
        public long Ticks { get; set; } = TimeSpan.TicksPerHour;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
