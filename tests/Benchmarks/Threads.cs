using BenchmarkDotNet.Attributes;
using Polly;

namespace Fluxgate;

/// <summary>One closed breaker under one thread and under two: time a call of each thread, so the same number twice means twice the throughput.</summary>
public class Threads
{
    private const int Each = 200_000;

    private readonly ResiliencePipeline<int> _passThrough = Pipelines.PassThrough<NoWork>();
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

    private void Run(ResiliencePipeline<int> pipeline) => Run(pipeline, Count, Each);

    internal static void Run(ResiliencePipeline<int> pipeline, int count, int each)
    {
        var threads = new Thread[count - 1];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new(() => Call(pipeline, each));
            threads[i].Start();
        }

        Call(pipeline, each);
        Array.ForEach(threads, thread => thread.Join());
    }

    private static void Call(ResiliencePipeline<int> pipeline, int each)
    {
        var context = ResilienceContextPool.Shared.Get();
        for (var call = 0; call < each; call++)
        {
            pipeline.ExecuteOutcomeAsync(static (_, _) => Outcomes.Succeeded, context, 0).GetAwaiter().GetResult();
        }

        ResilienceContextPool.Shared.Return(context);
    }
}
