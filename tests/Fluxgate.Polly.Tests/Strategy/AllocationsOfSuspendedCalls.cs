using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Polly;
using Xunit.Abstractions;

namespace Fluxgate;

public sealed class AllocationsOfSuspendedCalls(ITestOutputHelper output)
{
    private const double MostBytes = 120;

    [Fact]
    public void A_callback_that_suspends_allocates_at_most_130_bytes_more()
    {
        using var breaker = new FluxgateBreaker("suspending");
        var typed = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(breaker).Build();
        var (with, without) = (Cost(typed), Cost(ResiliencePipeline<int>.Empty));
        var unoptimized = StateMachineOfUnoptimizedCode();
        output.WriteLine($"{with} B with a breaker, {without} B without; {unoptimized} B of the difference are unoptimized code");

        Assert.InRange(with - without - unoptimized, 0, MostBytes);
        Assert.True(breaker.Snapshot() is { Successes: > 10_000, InFlight: 0 });
    }

    private static double Cost(ResiliencePipeline<int> pipeline)
    {
        var context = ResilienceContextPool.Shared.Get();
        var later = new Later();
        return Allocated.ByACall(() =>
        {
            var call = pipeline.ExecuteOutcomeAsync(static (_, state) => state.Start(), context, later);
            Assert.False(call.IsCompleted);
            later.Complete();
            Assert.True(call.GetAwaiter().GetResult().Result == 7);
        });
    }

    /// <summary>Returns the size of the state machine if it is a class: without optimization, one more object a call.</summary>
    private static double StateMachineOfUnoptimizedCode()
    {
        var stateMachine = typeof(FluxgateStrategy<>)
            .GetNestedTypes(BindingFlags.NonPublic)
            .Single(type => typeof(IAsyncStateMachine).IsAssignableFrom(type))
            .MakeGenericType(typeof(int), typeof(int));
        return stateMachine.IsValueType ? 0 : Allocated.ByACall(() => RuntimeHelpers.GetUninitializedObject(stateMachine));
    }

    /// <summary>The outcome of a callback that completes on request, on the same thread and without allocations.</summary>
    private sealed class Later : IValueTaskSource<Outcome<int>>
    {
        private ManualResetValueTaskSourceCore<Outcome<int>> _source;

        public ValueTask<Outcome<int>> Start()
        {
            _source.Reset();
            return new(this, _source.Version);
        }

        public void Complete() => _source.SetResult(Outcome.FromResult(7));

        public Outcome<int> GetResult(short token) => _source.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);
    }
}
