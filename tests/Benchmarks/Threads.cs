using BenchmarkDotNet.Attributes;
using Polly;

namespace Fluxgate;

/// <summary>One closed breaker under one thread and under two: time a call of each thread, so the same number twice means twice the throughput.</summary>
public class Threads
{
    private const int Each = 200_000;

    private readonly ResiliencePipeline<int> _passThrough = new ResiliencePipelineBuilder<int>()
        .AddStrategy(static _ => new PassThrough(), new PassThroughOptions())
        .Build();

    private readonly ResiliencePipeline<int> _polly = Pipelines.Polly();
    private readonly ResiliencePipeline<int> _fluxgate = Pipelines.Fluxgate();

    [Params(1, 2)]
    public int Count { get; set; }

    [Benchmark(OperationsPerInvoke = Each)]
    public void Pass_through() => Run(_passThrough);

    [Benchmark(OperationsPerInvoke = Each)]
    public void Polly_breaker() => Run(_polly);

    [Benchmark(OperationsPerInvoke = Each)]
    public void Fluxgate_breaker() => Run(_fluxgate);

    private void Run(ResiliencePipeline<int> pipeline)
    {
        var threads = new Thread[Count - 1];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new(() => Call(pipeline));
            threads[i].Start();
        }

        Call(pipeline);
        Array.ForEach(threads, thread => thread.Join());
    }

    private static void Call(ResiliencePipeline<int> pipeline)
    {
        var context = ResilienceContextPool.Shared.Get();
        for (var call = 0; call < Each; call++)
        {
            pipeline.ExecuteOutcomeAsync(static (_, _) => Outcomes.Succeeded, context, 0).GetAwaiter().GetResult();
        }

        ResilienceContextPool.Shared.Return(context);
    }

    private sealed class PassThroughOptions : ResilienceStrategyOptions;

    private sealed class PassThrough : ResilienceStrategy<int>
    {
        protected override ValueTask<Outcome<int>> ExecuteCore<TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<int>>> callback,
            ResilienceContext context,
            TState state
        ) => callback(context, state);
    }
}
