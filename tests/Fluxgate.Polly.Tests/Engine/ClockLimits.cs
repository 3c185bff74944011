namespace Fluxgate;

public sealed class ClockLimits
{
    public static TheoryData<long> Beginnings() =>
        [long.MinValue, long.MinValue + 1, -TimeSpan.TicksPerHour, -1, 0, 1, long.MaxValue - TimeSpan.TicksPerSecond, long.MaxValue];

    [Theory]
    [MemberData(nameof(Beginnings))]
    public void A_time_window_expires_wherever_the_clock_begins(long beginning)
    {
        var (time, breaker) = Breaker(beginning, new() { Window = Window.Time(TimeSpan.FromSeconds(10)) });
        breaker.Admit().Settle(Verdict.Failure);
        Assert.Equal(1, breaker.Snapshot().WindowRequests);

        time.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(0, breaker.Snapshot().WindowRequests);
    }

    [Theory]
    [MemberData(nameof(Beginnings))]
    public void A_break_and_a_lease_end_wherever_the_clock_begins(long beginning)
    {
        var (time, breaker) = Breaker(
            beginning,
            new() { Tripper = Tripper.FailureStreak(1), BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(5)) }
        );
        breaker.Admit().Settle(Verdict.Failure);
        Assert.Equal(TimeSpan.FromSeconds(5), breaker.Snapshot().RetryAfter);
        time.Time.Advance(TimeSpan.FromSeconds(5));
        breaker.Admit();
        Assert.Equal(BreakerState.HalfOpen, breaker.State);

        time.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.False(breaker.TryAdmit(out _));
        Assert.Equal(BreakerState.Open, breaker.State);
    }

    [Theory]
    [MemberData(nameof(Beginnings))]
    public void A_call_is_timed_wherever_the_clock_begins(long beginning)
    {
        var rule = Tripper.MinRequests(1) & Tripper.SlowRate(1, TimeSpan.FromSeconds(2));
        var (time, breaker) = Breaker(beginning, new() { Tripper = rule });
        using (var admission = breaker.Admit())
        {
            time.Time.Advance(TimeSpan.FromSeconds(2));
            admission.Settle(Verdict.Success);
        }

        Assert.Equal(BreakerState.Open, breaker.State);
    }

    private static (Shifted Time, FluxgateBreaker Breaker) Breaker(long beginning, FluxgateBreakerSettings settings)
    {
        var time = new Shifted(beginning);
        return (time, new("payments", settings, time));
    }

    private sealed class Shifted(long beginning) : TimeProvider
    {
        private readonly long _start = new VirtualTime().GetTimestamp();

        public VirtualTime Time { get; } = new();

        public override long TimestampFrequency => Time.TimestampFrequency;

        public override long GetTimestamp() => unchecked(beginning + Time.GetTimestamp() - _start);

        public override DateTimeOffset GetUtcNow() => Time.GetUtcNow();
    }
}
