namespace Fluxgate;

public sealed class EmptyTripperContexts
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    private readonly TripperContext _reading = new(BreakerState.Closed, default(CallCounts), 0, new([Slow]));

    [Fact]
    public void The_failure_rate_of_no_calls_is_zero() => Assert.Equal(0.0, _reading.FailureRate);

    [Fact]
    public void The_slow_rate_of_no_calls_is_zero() => Assert.Equal(0.0, _reading.SlowRate(Slow));

    [Fact]
    public void The_average_duration_of_no_calls_is_zero() => Assert.Equal(TimeSpan.Zero, _reading.AverageDuration);

    [Fact]
    public void An_empty_context_has_no_calls() => Assert.Equal((0, 0, 0), (_reading.Requests, _reading.Failures, _reading.Successes));

    [Fact]
    public void No_rule_fires_without_calls() =>
        Assert.All(
            [Tripper.FailureRate(1e-9), Tripper.SlowRate(1e-9, Slow), Tripper.AvgLatency(TimeSpan.FromTicks(1)), Tripper.MinRequests(1)],
            rule => Assert.False(rule.Fires(_reading))
        );
}
