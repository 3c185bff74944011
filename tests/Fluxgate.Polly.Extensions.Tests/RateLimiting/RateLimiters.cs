using System.Threading.RateLimiting;
using Polly;
using Polly.RateLimiting;

namespace Fluxgate;

/// <summary>Checks a limiter of Polly.RateLimiting in one pipeline with a breaker, inside and outside of it.</summary>
public sealed class RateLimiters
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_breaker_does_not_count_calls_that_a_limiter_outside_rejects()
    {
        using var breaker = Breaker(failures: 1);
        await using var limiter = new ConcurrencyLimiter(new() { PermitLimit = 1, QueueLimit = 0 });
        var pipeline = new ResiliencePipelineBuilder().AddRateLimiter(limiter).AddFluxgateBreaker(breaker).Build();
        var dependency = new TaskCompletionSource();
        var first = pipeline.ExecuteAsync(_ => new ValueTask(dependency.Task)).AsTask();

        await Assert.ThrowsAsync<RateLimiterRejectedException>(pipeline.SucceedAsync);
        dependency.SetResult();
        await first.WaitAsync(Deadline);

        Assert.Equal((1, 1, BreakerState.Closed), (breaker.Snapshot().Requests, breaker.Snapshot().Successes, breaker.State));
    }

    [Fact]
    public async Task A_rejection_by_the_breaker_releases_the_permit_of_the_limiter()
    {
        using var breaker = Breaker(failures: 1);
        await using var limiter = new ConcurrencyLimiter(new() { PermitLimit = 1, QueueLimit = 0 });
        var pipeline = new ResiliencePipelineBuilder().AddRateLimiter(limiter).AddFluxgateBreaker(breaker).Build();
        await pipeline.FailAsync();

        for (var i = 0; i < 3; i++)
        {
            await pipeline.RejectedAsync();
        }

        Assert.Equal(1, limiter.GetStatistics()!.CurrentAvailablePermits);
        Assert.Equal(3, breaker.Snapshot().Rejected);
    }

    [Fact]
    public async Task A_rejection_by_a_limiter_inside_is_a_failure_unless_excluded()
    {
        using var counting = Breaker(failures: 1);
        using var knowing = Breaker(failures: 1);
        await using var limiter = new ConcurrencyLimiter(new() { PermitLimit = 1, QueueLimit = 0 });
        using var taken = await limiter.AcquireAsync();

        var first = new ResiliencePipelineBuilder().AddFluxgateBreaker(counting).AddRateLimiter(limiter).Build();
        var second = new ResiliencePipelineBuilder()
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions { Breaker = knowing, Tracker = Tracker.All & !Tracker.TypeOf<RateLimiterRejectedException>() }
            )
            .AddRateLimiter(limiter)
            .Build();

        await Assert.ThrowsAsync<RateLimiterRejectedException>(first.SucceedAsync);
        await Assert.ThrowsAsync<RateLimiterRejectedException>(second.SucceedAsync);

        Assert.Equal((BreakerState.Open, BreakerState.Closed), (counting.State, knowing.State));
    }

    [Fact]
    public async Task A_rejection_by_a_limiter_inside_can_be_ignored()
    {
        using var breaker = Breaker(failures: 1);
        await using var limiter = new ConcurrencyLimiter(new() { PermitLimit = 1, QueueLimit = 0 });
        using var taken = await limiter.AcquireAsync();
        var pipeline = new ResiliencePipelineBuilder()
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions
                {
                    Breaker = breaker,
                    ShouldIgnore = arguments => ValueTask.FromResult(arguments.Outcome.Exception is RateLimiterRejectedException),
                }
            )
            .AddRateLimiter(limiter)
            .Build();

        await Assert.ThrowsAsync<RateLimiterRejectedException>(pipeline.SucceedAsync);

        Assert.Equal((1, 0, 0), (breaker.Snapshot().Ignored, breaker.Snapshot().Failures, breaker.Snapshot().Successes));
    }

    [Fact]
    public async Task A_call_queued_by_a_limiter_is_rejected_if_the_circuit_opened()
    {
        using var breaker = Breaker(failures: 1);
        var pipeline = new ResiliencePipelineBuilder().AddConcurrencyLimiter(1, queueLimit: 1).AddFluxgateBreaker(breaker).Build();
        var dependency = new TaskCompletionSource();
        var first = pipeline.ExecuteAsync(_ => new ValueTask(dependency.Task)).AsTask();
        var queued = pipeline.ExecuteAsync(static _ => default).AsTask();

        Assert.Equal(1, breaker.Snapshot().InFlight);
        dependency.SetException(new IOException());

        await Assert.ThrowsAsync<IOException>(() => first.WaitAsync(Deadline));
        await Assert.ThrowsAsync<CallNotPermittedException>(() => queued.WaitAsync(Deadline));
    }

    [Fact]
    public async Task A_sliding_window_limiter_and_a_breaker_work_independently()
    {
        using var breaker = Breaker(failures: 2);
        var pipeline = new ResiliencePipelineBuilder()
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions { Breaker = breaker, Tracker = Tracker.All & !Tracker.TypeOf<RateLimiterRejectedException>() }
            )
            .AddRateLimiter(
                new SlidingWindowRateLimiter(
                    new()
                    {
                        PermitLimit = 3,
                        SegmentsPerWindow = 1,
                        Window = TimeSpan.FromHours(1),
                        AutoReplenishment = false,
                    }
                )
            )
            .Build();

        await pipeline.SucceedAsync();
        await pipeline.FailAsync();
        await pipeline.SucceedAsync();
        await Assert.ThrowsAsync<RateLimiterRejectedException>(pipeline.SucceedAsync);

        Assert.Equal((4, 1, BreakerState.Closed), (breaker.Snapshot().Requests, breaker.Snapshot().Failures, breaker.State));
    }

    private static FluxgateBreaker Breaker(int failures) => new("payments", new() { Tripper = Tripper.FailureStreak(failures) });
}
