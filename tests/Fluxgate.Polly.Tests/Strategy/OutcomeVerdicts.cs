using Polly;
using Polly.Timeout;

namespace Fluxgate;

public sealed class OutcomeVerdicts : IDisposable
{
    private readonly World _world = new();
    private readonly CancellationTokenSource _caller = new();

    public static TheoryData<Exception> WithoutACanceledToken =>
        [
            new InvalidOperationException(),
            new OperationCanceledException(),
            new TaskCanceledException(),
            new OperationCanceledException(new CancellationToken(canceled: true)),
            new TimeoutRejectedException(),
        ];

    public void Dispose() => _caller.Dispose();

    [Fact]
    public async Task A_result_is_a_success()
    {
        await _world.Pipeline<int>().Returns(-1);
        await _world.Pipeline<string?>().Returns(null);
        _world.Pipeline().Execute(() => { });
        _world.Counted(successes: 3);
    }

    [Theory]
    [MemberData(nameof(WithoutACanceledToken))]
    public async Task Every_exception_is_a_failure_while_the_token_is_not_canceled(Exception exception)
    {
        await _world.Pipeline<int>().Throws(exception);
        Assert.Same(exception, Record.Exception(() => _world.Pipeline().Execute(() => throw exception)));
        _world.Counted(failures: 2);
    }

    [Fact]
    public async Task An_abandoned_call_is_ignored()
    {
        var outcome = await _world.Pipeline<int>().Outcome(GiveUp, _caller.Token);
        Assert.IsType<OperationCanceledException>(outcome.Exception);
        _world.Counted(ignored: 1);
    }

    [Fact]
    public async Task An_abandoned_call_is_ignored_in_a_non_generic_pipeline()
    {
        await Assert.ThrowsAsync<TaskCanceledException>(async () =>
            await _world
                .Pipeline()
                .ExecuteAsync(
                    async token =>
                    {
                        await _caller.CancelAsync();
                        throw new TaskCanceledException("gave up", null, token);
                    },
                    _caller.Token
                )
        );
        _world.Counted(ignored: 1);
    }

    [Fact]
    public async Task Another_exception_is_a_failure_although_the_caller_canceled()
    {
        await _world
            .Pipeline<int>()
            .Outcome(
                _ =>
                {
                    _caller.Cancel();
                    return new(Outcome.FromException<int>(new TimeoutRejectedException()));
                },
                _caller.Token
            );
        _world.Counted(failures: 1);
    }

    [Fact]
    public async Task A_result_is_a_success_although_the_caller_canceled()
    {
        await _world
            .Pipeline<int>()
            .Outcome(
                _ =>
                {
                    _caller.Cancel();
                    return new(Outcome.FromResult(7));
                },
                _caller.Token
            );
        _world.Counted(successes: 1);
    }

    [Theory]
    [InlineData(BreakerState.Closed)]
    [InlineData(BreakerState.Open)]
    [InlineData(BreakerState.HalfOpen)]
    [InlineData(BreakerState.Disabled)]
    [InlineData(BreakerState.ForcedOpen)]
    public async Task A_call_canceled_before_admission_is_not_counted(BreakerState state)
    {
        var world = new World(new() { InitialState = state });
        var called = false;
        await _caller.CancelAsync();
        var outcome = await world
            .Pipeline<int>()
            .Outcome(
                _ =>
                {
                    called = true;
                    return new(Outcome.FromResult(7));
                },
                _caller.Token
            );

        var exception = Assert.IsType<OperationCanceledException>(outcome.Exception);
        Assert.Equal(_caller.Token, exception.CancellationToken);
        Assert.False(called);
        world.Counted();
        Assert.Equal((state, 0), (world.State, world.Now.HalfOpenInFlight));
    }

    [Fact]
    public async Task A_call_canceled_before_admission_does_not_end_a_break()
    {
        var world = new World();
        world.Breaker.Trip();
        world.Wait(60);
        await _caller.CancelAsync();
        await world.Pipeline<int>().Outcome(_ => new(Outcome.FromResult(7)), _caller.Token);
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public async Task A_canceled_probe_returns_its_permit_and_keeps_the_state()
    {
        var world = new World(new() { InitialState = BreakerState.HalfOpen, Permit = Permit.MaxConcurrent(1) });
        await world.Pipeline<int>().Outcome(GiveUp, _caller.Token);
        world.Counted(ignored: 1);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        Assert.Equal(8, world.Pipeline<int>().Execute(() => 8));
    }

    private ValueTask<Outcome<int>> GiveUp(ResilienceContext context)
    {
        _caller.Cancel();
        return new(Outcome.FromException<int>(new OperationCanceledException(context.CancellationToken)));
    }
}
