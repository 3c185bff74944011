using Polly;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>The code of docs/troubleshooting.md about calls that hang and timeouts, and the behavior that it explains.</summary>
public sealed class PageOnHangingCalls
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(5, BreakerState.Closed)]
    [InlineData(6.25, BreakerState.Open)]
    public void Calls_that_nothing_ends_open_the_circuit_by_a_slow_call_rule(double seconds, BreakerState expected)
    {
        #region docs/troubleshooting.md: Calls that hang
        var settings = new FluxgateBreakerSettings
        {
            Window = Window.Time(TimeSpan.FromMinutes(1)),
            Tripper = Tripper.MinRequests(20) & (Tripper.FailureRate(0.5) | Tripper.SlowRate(0.5, TimeSpan.FromSeconds(5))),
        };
        #endregion

        var world = new World(settings);
        world.Ask(20);
        world.Wait(seconds);

        Assert.Equal(expected, world.State);
    }

    [Fact]
    public void Fewer_hanging_calls_than_the_minimum_leave_the_circuit_closed()
    {
        var world = new World(
            new()
            {
                Window = Window.Time(TimeSpan.FromMinutes(1)),
                Tripper = Tripper.MinRequests(20) & Tripper.SlowRate(0.5, TimeSpan.FromSeconds(5)),
            }
        );
        world.Ask(10);
        world.Wait(60);

        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(1, 0)]
    public async Task Equal_timeouts_count_a_failure_if_they_reach_AbandonedAfter(double seconds, long failures)
    {
        var timeout = TimeSpan.FromSeconds(seconds);

        Assert.Equal(
            (failures, 1 - failures),
            await HangAsync(
                breaker => new ResiliencePipelineBuilder().AddTimeout(timeout).AddFluxgateBreaker(breaker).AddTimeout(timeout),
                timeout
            )
        );
    }

    [Fact]
    public async Task A_timeout_outside_the_breaker_is_ignored_and_one_inside_is_a_failure()
    {
        Assert.Equal(
            (0, 1),
            await HangAsync(breaker => new ResiliencePipelineBuilder().AddTimeout(CallTimeout).AddFluxgateBreaker(breaker))
        );
        Assert.Equal(
            (1, 0),
            await HangAsync(breaker => new ResiliencePipelineBuilder().AddFluxgateBreaker(breaker).AddTimeout(CallTimeout))
        );
    }

    [Fact]
    public void The_breaker_goes_between_retry_and_timeout()
    {
        using var breaker = new FluxgateBreaker("payments");
        #region docs/troubleshooting.md: A timeout outside the breaker
        var pipeline = new ResiliencePipelineBuilder()
            .AddTimeout(TimeSpan.FromSeconds(10)) // the whole request, with all attempts
            .AddRetry(new() { ShouldHandle = new PredicateBuilder().Handle<TimeoutRejectedException>() })
            .AddFluxgateBreaker(breaker)
            .AddTimeout(TimeSpan.FromSeconds(2)) // one attempt: a failure for the breaker
            .Build();
        #endregion

        pipeline.Execute(static () => { });
        Assert.Equal(1, breaker.Snapshot().Successes);
    }

    /// <summary>Returns the failures and the ignored calls after one call that hangs until its timeout, one second by default.</summary>
    private static async Task<(long Failures, long Ignored)> HangAsync(
        Func<FluxgateBreaker, ResiliencePipelineBuilder> compose,
        TimeSpan? timeout = null
    )
    {
        var time = new VirtualTime();
        await using var breaker = new FluxgateBreaker("payments", timeProvider: time);
        var builder = compose(breaker);
        builder.TimeProvider = time;
        var call = builder.Build().ExecuteAsync(async token => await Task.Delay(Timeout.InfiniteTimeSpan, token)).AsTask();
        time.Advance(timeout ?? CallTimeout);
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => call);
        var now = breaker.Snapshot();
        return (now.Failures, now.Ignored);
    }
}
