using Polly;

namespace Fluxgate;

public sealed class Callbacks : IDisposable
{
    private readonly World _world = new();
    private readonly CancellationTokenSource _caller = new();

    public void Dispose() => _caller.Dispose();

    [Fact]
    public async Task One_breaker_serves_generic_and_non_generic_sync_and_async_calls()
    {
        var (any, typed) = (_world.Pipeline(), _world.Pipeline<int>());
        any.Execute(() => { });
        Assert.Equal(7, typed.Execute(() => 7));
        Assert.Equal("seven", any.Execute(() => "seven"));
        Assert.Equal(7, await typed.ExecuteAsync(_ => new ValueTask<int>(7)));
        await any.ExecuteAsync(_ => default);
        _world.Counted(successes: 5);

        _world.Breaker.ForceOpen();
        Assert.Throws<CallNotPermittedException>(() => any.Execute(() => { }));
        await Assert.ThrowsAsync<CallNotPermittedException>(async () => await typed.ExecuteAsync(_ => new ValueTask<int>(7)));
        _world.Counted(successes: 5, rejected: 2);
    }

    [Fact]
    public async Task A_callback_that_suspends_is_in_flight_until_it_returns()
    {
        var answer = new TaskCompletionSource<int>();
        var call = _world.Pipeline<int>().ExecuteAsync(_ => new ValueTask<int>(answer.Task)).AsTask();
        Assert.Equal((1, 0), (_world.Now.InFlight, _world.Now.Requests));
        answer.SetResult(7);
        Assert.Equal(7, await call);
        _world.Counted(successes: 1);
    }

    [Fact]
    public async Task A_callback_that_throws_after_it_suspended_is_a_failure()
    {
        var answer = new TaskCompletionSource<int>();
        var call = _world.Pipeline<int>().ExecuteAsync(_ => new ValueTask<int>(answer.Task)).AsTask();
        answer.SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        _world.Counted(failures: 1);
    }

    [Fact]
    public async Task A_callback_that_throws_before_it_returns_a_task_is_a_failure()
    {
        await Assert.ThrowsAsync<TimeoutException>(async () =>
            await _world.Pipeline<int>().ExecuteAsync<int>(_ => throw new TimeoutException())
        );
        _world.Counted(failures: 1);
    }

    [Fact]
    public async Task A_callback_that_returns_a_failed_task_is_a_failure()
    {
        await Assert.ThrowsAsync<TimeoutException>(async () =>
            await _world.Pipeline<int>().ExecuteAsync(_ => ValueTask.FromException<int>(new TimeoutException()))
        );
        _world.Counted(failures: 1);
    }

    [Fact]
    public async Task A_suspended_call_that_its_caller_cancels_is_ignored()
    {
        var answer = new TaskCompletionSource<int>();
        var call = _world.Pipeline<int>().ExecuteAsync(_ => new ValueTask<int>(answer.Task), _caller.Token).AsTask();
        await _caller.CancelAsync();
        answer.SetCanceled(_caller.Token);
        await Assert.ThrowsAsync<TaskCanceledException>(() => call);
        _world.Counted(ignored: 1);
    }

    [Fact]
    public async Task A_result_that_arrives_after_its_phase_ended_is_stale()
    {
        var answer = new TaskCompletionSource<int>();
        var call = _world.Pipeline<int>().ExecuteAsync(_ => new ValueTask<int>(answer.Task)).AsTask();
        _world.Breaker.Trip();
        _world.Breaker.Probe();
        answer.SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.Equal((BreakerState.HalfOpen, 1), (_world.State, _world.Now.Stale));
        _world.Counted(failures: 1);
    }

    [Fact]
    public void One_pipeline_can_contain_two_breakers()
    {
        var inner = new World(new() { Tripper = Tripper.FailureStreak(1) }, "inner");
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(_world.Breaker).AddFluxgateBreaker(inner.Breaker).Build();
        Assert.Throws<TimeoutException>(() => pipeline.Execute(() => throw new TimeoutException()));
        Assert.Equal("inner", Assert.Throws<CallNotPermittedException>(() => pipeline.Execute(() => { })).CircuitName);
        _world.Counted(failures: 2);
        inner.Counted(failures: 1, rejected: 1);
    }
}
