using Polly;
using Polly.CircuitBreaker;
using Polly.Fallback;
using Polly.Hedging;
using Polly.Retry;

namespace Fluxgate;

/// <summary>One tracker defines a failure for every strategy of a pipeline.</summary>
public sealed class TrackersInPollyStrategies
{
    private static readonly Tracker<int> Failures = Tracker.TypeOf<TimeoutException>() | Tracker.Result<int>(status => status >= 500);

    private int _calls;

    [Theory]
    [InlineData(200, 1)]
    [InlineData(503, 3)]
    [InlineData(-1, 3)]
    [InlineData(-2, 1)]
    public void Retry_repeats_tracked_outcomes(int status, int calls)
    {
        Run(
            builder =>
                builder.AddRetry(
                    new RetryStrategyOptions<int>
                    {
                        ShouldHandle = Failures,
                        MaxRetryAttempts = 2,
                        Delay = TimeSpan.Zero,
                    }
                ),
            status
        );

        Assert.Equal(calls, _calls);
    }

    [Theory]
    [InlineData(200, 200)]
    [InlineData(503, 42)]
    [InlineData(-1, 42)]
    [InlineData(-2, null)]
    public void Fallback_replaces_tracked_outcomes(int status, int? result) =>
        Assert.Equal(
            result,
            Run(
                builder =>
                    builder.AddFallback(
                        new FallbackStrategyOptions<int>
                        {
                            ShouldHandle = Failures,
                            FallbackAction = static _ => Outcome.FromResultAsValueTask(42),
                        }
                    ),
                status
            )
        );

    [Theory]
    [InlineData(200, 1)]
    [InlineData(503, 2)]
    [InlineData(-1, 2)]
    [InlineData(-2, 1)]
    public void Hedging_hedges_tracked_outcomes(int status, int calls)
    {
        Run(
            builder =>
                builder.AddHedging(
                    new HedgingStrategyOptions<int>
                    {
                        ShouldHandle = Failures,
                        MaxHedgedAttempts = 1,
                        Delay = Timeout.InfiniteTimeSpan,
                    }
                ),
            status
        );

        Assert.Equal(calls, _calls);
    }

    [Theory]
    [InlineData(200, CircuitState.Closed)]
    [InlineData(503, CircuitState.Open)]
    [InlineData(-1, CircuitState.Open)]
    [InlineData(-2, CircuitState.Closed)]
    public void Pollys_circuit_breaker_counts_tracked_outcomes(int status, CircuitState state)
    {
        var provider = new CircuitBreakerStateProvider();
        var pipeline = new ResiliencePipelineBuilder<int> { TimeProvider = new VirtualTime() }
            .AddCircuitBreaker(
                new()
                {
                    ShouldHandle = Failures,
                    MinimumThroughput = 2,
                    FailureRatio = 1,
                    StateProvider = provider,
                }
            )
            .Build();

        Call(pipeline, status);
        Call(pipeline, status);

        Assert.Equal(state, provider.CircuitState);
    }

    [Theory]
    [InlineData(200, BreakerState.Closed)]
    [InlineData(503, BreakerState.Open)]
    [InlineData(-1, BreakerState.Open)]
    [InlineData(-2, BreakerState.Closed)]
    public void The_Fluxgate_breaker_counts_tracked_outcomes(int status, BreakerState state)
    {
        var breaker = new FluxgateBreaker("payments", new() { Tripper = Tripper.FailureStreak(1) }, new VirtualTime());

        Run(builder => builder.AddFluxgateBreaker(new FluxgateBreakerOptions<int> { Breaker = breaker, Tracker = Failures }), status);

        Assert.Equal(state, breaker.State);
    }

    [Fact]
    public void The_Fluxgate_breaker_ignores_tracked_outcomes()
    {
        var breaker = new FluxgateBreaker("payments", new() { Tripper = Tripper.FailureStreak(1) }, new VirtualTime());

        Run(builder => builder.AddFluxgateBreaker(new FluxgateBreakerOptions<int> { Breaker = breaker, ShouldIgnore = Failures }), -1);

        Assert.Equal((0, 1), (breaker.Snapshot().Failures, breaker.Snapshot().Ignored));
    }

    [Fact]
    public void For_converts_an_exception_tracker_to_a_result_type()
    {
        var timeouts = Tracker.TypeOf<TimeoutException>();

        Run(
            builder =>
                builder.AddRetry(
                    new RetryStrategyOptions<int>
                    {
                        ShouldHandle = timeouts.For<int>(),
                        MaxRetryAttempts = 2,
                        Delay = TimeSpan.Zero,
                    }
                ),
            -1
        );

        Assert.Equal(3, _calls);
    }

    [Fact]
    public async Task An_exception_tracker_works_in_pipelines_of_any_result_type()
    {
        var timeouts = Tracker.TypeOf<TimeoutException>();
        var breaker = new FluxgateBreaker("payments", new() { Tripper = Tripper.FailureStreak(1) }, new VirtualTime());
        var pipeline = new ResiliencePipelineBuilder()
            .AddRetry(
                new()
                {
                    ShouldHandle = timeouts,
                    MaxRetryAttempts = 2,
                    Delay = TimeSpan.Zero,
                }
            )
            .AddFluxgateBreaker(new() { Breaker = breaker, ShouldIgnore = timeouts })
            .Build();

        await Assert.ThrowsAsync<TimeoutException>(async () => await pipeline.ExecuteAsync(_ => throw new TimeoutException()));
        await Assert.ThrowsAsync<IOException>(async () => await pipeline.ExecuteAsync(_ => throw new IOException()));

        Assert.Equal((3, 1), (breaker.Snapshot().Ignored, breaker.Snapshot().Failures));
        Func<FallbackPredicateArguments<object>, ValueTask<bool>> fallback = timeouts;
        Func<HedgingPredicateArguments<object>, ValueTask<bool>> hedging = timeouts;
        var context = ResilienceContextPool.Shared.Get();
        Assert.True(await fallback(new(context, Outcome.FromException<object>(new TimeoutException()))));
        Assert.False(await hedging(new(context, Outcome.FromException<object>(new IOException()))));
        ResilienceContextPool.Shared.Return(context);
    }

    private int? Run(Action<ResiliencePipelineBuilder<int>> add, int status)
    {
        var builder = new ResiliencePipelineBuilder<int>();
        add(builder);
        return Call(builder.Build(), status);
    }

    /// <summary>Runs a call that ends with a status, with a timeout (-1), or with an untracked error (-2).</summary>
    private int? Call(ResiliencePipeline<int> pipeline, int status)
    {
        try
        {
            return pipeline.Execute(() =>
            {
                _calls++;
                return status switch
                {
                    -1 => throw new TimeoutException(),
                    -2 => throw new InvalidOperationException(),
                    _ => status,
                };
            });
        }
        catch (Exception error) when (error is TimeoutException or InvalidOperationException)
        {
            return null;
        }
    }
}
