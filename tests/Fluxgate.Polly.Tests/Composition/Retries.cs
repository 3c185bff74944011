using Polly;
using Polly.Retry;

namespace Fluxgate;

public sealed class Retries
{
    private readonly World _world = new(
        new()
        {
            Tripper = Tripper.FailureStreak(3),
            BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(10)),
            Recovery = Recovery.AfterProbes(1),
            Permit = Permit.All,
        }
    );

    [Fact]
    public void A_breaker_inside_a_retry_counts_every_attempt()
    {
        var pipeline = Builder().AddRetry(Retry(5)).AddFluxgateBreaker(_world.Breaker).Build();
        var attempts = 0;
        Assert.Throws<CallNotPermittedException>(() =>
            pipeline.Execute(() =>
            {
                attempts++;
                throw new TimeoutException();
            })
        );

        Assert.Equal(3, attempts);
        _world.Counted(failures: 3, rejected: 3);
    }

    [Fact]
    public void A_breaker_outside_a_retry_counts_a_call_once()
    {
        var pipeline = Builder().AddFluxgateBreaker(_world.Breaker).AddRetry(Retry(5)).Build();
        var attempts = 0;
        Assert.Throws<TimeoutException>(() =>
            pipeline.Execute(() =>
            {
                attempts++;
                throw new TimeoutException();
            })
        );

        Assert.Equal(6, attempts);
        _world.Counted(failures: 1);
    }

    [Fact]
    public async Task A_retry_after_RetryAfter_is_the_first_probe()
    {
        var pipeline = Builder()
            .AddRetry(
                new()
                {
                    ShouldHandle = new PredicateBuilder().Handle<CallNotPermittedException>(),
                    DelayGenerator = args => new(((CallNotPermittedException)args.Outcome.Exception!).RetryAfter),
                    MaxRetryAttempts = 1,
                }
            )
            .AddFluxgateBreaker(_world.Breaker)
            .Build();
        _world.Fail(3);
        _world.Wait(4);

        var call = pipeline.ExecuteAsync(_ => new ValueTask<int>(7)).AsTask();
        _world.Wait(5.999);
        Assert.False(call.IsCompleted);
        _world.Wait(0.001);
        Assert.Equal(7, await call);
        Assert.Equal(BreakerState.Closed, _world.State);
    }

    [Fact]
    public void A_retry_that_does_not_handle_rejections_stops_at_the_first()
    {
        var pipeline = Builder()
            .AddRetry(Retry(5, new PredicateBuilder().Handle<TimeoutException>()))
            .AddFluxgateBreaker(_world.Breaker)
            .Build();
        Assert.Throws<CallNotPermittedException>(() => pipeline.Execute(() => throw new TimeoutException()));
        _world.Counted(failures: 3, rejected: 1);
    }

    private ResiliencePipelineBuilder Builder() => new() { TimeProvider = _world.Time };

    private static RetryStrategyOptions Retry(int attempts, PredicateBuilder<object>? handles = null)
    {
        var options = new RetryStrategyOptions { MaxRetryAttempts = attempts, Delay = TimeSpan.Zero };
        if (handles is not null)
        {
            options.ShouldHandle = handles;
        }

        return options;
    }
}
