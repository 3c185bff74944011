using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

public sealed class FallbackAndHedging
{
    private readonly World _world = new(new() { Tripper = Tripper.FailureStreak(1) });

    [Fact]
    public void A_fallback_replaces_a_rejected_call()
    {
        var pipeline = Builder()
            .AddFallback(
                new()
                {
                    ShouldHandle = new PredicateBuilder<string>().Handle<CallNotPermittedException>(),
                    FallbackAction = args =>
                        Outcome.FromResultAsValueTask($"{((CallNotPermittedException)args.Outcome.Exception!).CircuitName} rests"),
                }
            )
            .AddFluxgateBreaker(_world.Breaker)
            .Build();
        Assert.Throws<TimeoutException>(() => pipeline.Execute(string () => throw new TimeoutException()));
        Assert.Equal("payments rests", pipeline.Execute(() => "live"));
        _world.Breaker.Reset();
        Assert.Equal("live", pipeline.Execute(() => "live"));
    }

    [Fact]
    public void A_fallback_for_Pollys_BrokenCircuitException_handles_rejections()
    {
        var pipeline = Builder()
            .AddFallback(
                new()
                {
                    ShouldHandle = new PredicateBuilder<string>().Handle<BrokenCircuitException>(),
                    FallbackAction = _ => Outcome.FromResultAsValueTask("stand-in"),
                }
            )
            .AddFluxgateBreaker(_world.Breaker)
            .Build();
        _world.Breaker.ForceOpen();
        Assert.Equal("stand-in", pipeline.Execute(() => "live"));
    }

    [Fact]
    public void A_breaker_outside_a_fallback_counts_a_success()
    {
        var pipeline = Builder()
            .AddFluxgateBreaker(_world.Breaker)
            .AddFallback(new() { FallbackAction = _ => Outcome.FromResultAsValueTask("stand-in") })
            .Build();
        Assert.Equal("stand-in", pipeline.Execute(string () => throw new TimeoutException()));
        _world.Counted(successes: 1);
    }

    [Fact]
    public async Task Hedging_outside_runs_the_next_action_when_the_circuit_rejects()
    {
        var pipeline = Builder()
            .AddHedging(new() { MaxHedgedAttempts = 1, ActionGenerator = _ => () => Outcome.FromResultAsValueTask("hedged") })
            .AddFluxgateBreaker(_world.Breaker)
            .Build();
        Assert.Equal("hedged", await pipeline.ExecuteAsync(_ => ValueTask.FromException<string>(new TimeoutException())));
        Assert.Equal("hedged", await pipeline.ExecuteAsync(_ => new ValueTask<string>("live")));
        _world.Counted(failures: 1, rejected: 1);
    }

    [Fact]
    public async Task A_hedged_attempt_that_lost_the_race_is_ignored()
    {
        // Polly does not wait for the attempt: its outcome is counted by now only if no part of it runs on another thread.
        Inline.Continuations();
        var pipeline = Builder()
            .AddHedging(new() { MaxHedgedAttempts = 1, Delay = TimeSpan.FromSeconds(1) })
            .AddFluxgateBreaker(_world.Breaker)
            .Build();
        var lost = new TaskCompletionSource();
        var attempts = 0;
        var call = pipeline
            .ExecuteAsync(async token =>
            {
                if (++attempts == 2)
                {
                    return "hedged";
                }

                await using var registration = token.Register(() => lost.SetCanceled(token));
                await lost.Task;
                return "first";
            })
            .AsTask();
        Assert.Equal(1, _world.Now.InFlight);
        _world.Wait(1);

        Assert.Equal("hedged", await call);
        await Assert.ThrowsAsync<TaskCanceledException>(() => lost.Task);
        _world.Counted(successes: 1, ignored: 1);
    }

    private ResiliencePipelineBuilder<string> Builder() => new() { TimeProvider = _world.Time };
}
