using System.Runtime.CompilerServices;
using Polly;

namespace Fluxgate;

public sealed class OutcomePassThrough
{
    private readonly World _world = new();

    [Fact]
    public async Task A_result_is_returned_as_the_same_object()
    {
        var result = new object();
        Assert.Same(result, (await _world.Pipeline<object>().Returns(result)).Result);
        Assert.Same(result, _world.Pipeline().Execute(() => result));
        Assert.Same(result, await _world.Pipeline().ExecuteAsync(_ => new ValueTask<object>(result)));
        Assert.Null(await _world.Pipeline().ExecuteAsync(_ => new ValueTask<object?>(default(object))));
        _world.Counted(successes: 4);
    }

    [Fact]
    public async Task An_exception_is_returned_as_the_same_object()
    {
        var error = new TimeoutException();
        Assert.Same(error, (await _world.Pipeline<object>().Throws(error)).Exception);
        Assert.Same(error, Record.Exception(() => _world.Pipeline().Execute(() => throw error)));
        Assert.Same(
            error,
            await Record.ExceptionAsync(async () => await _world.Pipeline().ExecuteAsync(_ => ValueTask.FromException(error)))
        );
        _world.Counted(failures: 3);
    }

    [Fact]
    public void An_exception_keeps_its_stack_trace()
    {
        var error = Record.Exception(() => _world.Pipeline<int>().Execute(Breaks))!;
        Assert.Contains(nameof(Breaks), error.StackTrace, StringComparison.Ordinal);
        error = Record.Exception(() => _world.Pipeline().Execute(Breaks))!;
        Assert.Contains(nameof(Breaks), error.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_of_a_suspended_callback_keeps_its_stack_trace()
    {
        var error = await Record.ExceptionAsync(async () => await _world.Pipeline().ExecuteAsync(BreaksLate));
        Assert.Contains(nameof(BreaksLate), error!.StackTrace, StringComparison.Ordinal);
        _world.Counted(failures: 1);
    }

    [Fact]
    public async Task Callbacks_without_a_result_run_in_a_non_generic_pipeline()
    {
        var runs = 0;
        var pipeline = _world.Pipeline();
        pipeline.Execute(() => runs++);
        pipeline.Execute(_ => runs++, CancellationToken.None);
        await pipeline.ExecuteAsync(_ =>
        {
            runs++;
            return default;
        });
        await pipeline.ExecuteAsync(async _ =>
        {
            await Task.Yield();
            runs++;
        });
        Assert.Equal(4, runs);
        _world.Counted(successes: 4);
    }

    public static TheoryData<string, Func<ValueTask<Outcome<int>>>> Failing =>
        new()
        {
            { "at once", () => throw new TimeoutException() },
            { "as a task", () => ValueTask.FromException<Outcome<int>>(new TimeoutException()) },
            { "late", FailsLate },
            { "as a canceled task", () => ValueTask.FromCanceled<Outcome<int>>(new(canceled: true)) },
            { "as an outcome", () => new(Outcome.FromException<int>(new TimeoutException())) },
        };

    [Theory]
    [MemberData(nameof(Failing))]
    public async Task The_strategy_never_throws_to_the_outer_strategy(string how, Func<ValueTask<Outcome<int>>> callback)
    {
        var around = new Around();
        var pipeline = new ResiliencePipelineBuilder<int>()
            .AddStrategy(_ => around, new AroundOptions())
            .AddFluxgateBreaker(_world.Breaker)
            .Build();
        var outcome = await pipeline.Outcome(_ => callback());

        Assert.NotNull(outcome.Exception);
        Assert.True(around.Received is not null && ReferenceEquals(around.Received, outcome.Exception), how);
        _world.Counted(failures: 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Breaks() => throw new TimeoutException();

    private static async ValueTask BreaksLate(CancellationToken cancellationToken)
    {
        await Task.Yield();
        throw new TimeoutException();
    }

    private static async ValueTask<Outcome<int>> FailsLate()
    {
        await Task.Yield();
        throw new TimeoutException();
    }

    private sealed class AroundOptions : ResilienceStrategyOptions;

    /// <summary>Returns the outcome unchanged, and catches nothing.</summary>
    private sealed class Around : ResilienceStrategy<int>
    {
        public Exception? Received { get; private set; }

        protected override async ValueTask<Outcome<int>> ExecuteCore<TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<int>>> callback,
            ResilienceContext context,
            TState state
        )
        {
            var outcome = await callback(context, state);
            Received = outcome.Exception;
            return outcome;
        }
    }
}
