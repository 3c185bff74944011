using Polly;
using Polly.Timeout;

namespace Fluxgate;

public sealed class Timeouts
{
    private readonly World _world = new(new() { Tripper = Tripper.FailureStreak(2) });

    [Fact]
    public async Task A_timeout_inside_the_breaker_is_a_failure()
    {
        var pipeline = Builder().AddFluxgateBreaker(_world.Breaker).AddTimeout(TimeSpan.FromSeconds(2)).Build();
        for (var call = 0; call < 2; call++)
        {
            await TimesOut(pipeline);
        }

        _world.Counted(failures: 2);
        Assert.Equal(BreakerState.Open, _world.State);
    }

    [Fact]
    public async Task A_call_canceled_by_a_timeout_outside_the_breaker_is_ignored()
    {
        var pipeline = Builder().AddTimeout(TimeSpan.FromSeconds(2)).AddFluxgateBreaker(_world.Breaker).Build();
        await TimesOut(pipeline);
        _world.Counted(ignored: 1);
    }

    [Fact]
    public async Task A_call_that_its_caller_cancels_within_an_inner_timeout_is_ignored()
    {
        using var caller = new CancellationTokenSource();
        var pipeline = Builder().AddFluxgateBreaker(_world.Breaker).AddTimeout(TimeSpan.FromSeconds(2)).Build();
        var call = pipeline.ExecuteAsync(Hangs, caller.Token).AsTask();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        _world.Counted(ignored: 1);
    }

    [Fact]
    public async Task A_probe_that_times_out_reopens_the_circuit()
    {
        var world = new World(new() { InitialState = BreakerState.HalfOpen, Recovery = Recovery.AfterProbes(1) });
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = world.Time }
            .AddFluxgateBreaker(world.Breaker)
            .AddTimeout(TimeSpan.FromSeconds(2))
            .Build();
        var call = pipeline.ExecuteAsync(Hangs).AsTask();
        Assert.Equal(1, world.Now.HalfOpenInFlight);
        world.Wait(2);
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => call);
        Assert.Equal((BreakerState.Open, 1), (world.State, world.Now.Reopens));
    }

    private async Task TimesOut(ResiliencePipeline pipeline)
    {
        var call = pipeline.ExecuteAsync(Hangs).AsTask();
        Assert.Equal(1, _world.Now.InFlight);
        _world.Wait(2);
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => call);
    }

    // Ends when its token is canceled, on the thread that cancels it.
    private static async ValueTask Hangs(CancellationToken cancellationToken)
    {
        var hung = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(() => hung.SetCanceled(cancellationToken));
        await hung.Task;
    }

    private ResiliencePipelineBuilder Builder() => new() { TimeProvider = _world.Time };
}
