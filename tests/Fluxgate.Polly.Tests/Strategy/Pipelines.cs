using Polly;

namespace Fluxgate;

/// <summary>Pipelines that contain only the breaker of a world, and assertions on its counts.</summary>
internal static class Pipelines
{
    public static ResiliencePipeline<TResult> Pipeline<TResult>(this World world, Action<FluxgateBreakerOptions<TResult>>? configure = null)
    {
        var options = new FluxgateBreakerOptions<TResult> { Breaker = world.Breaker };
        configure?.Invoke(options);
        return new ResiliencePipelineBuilder<TResult>().AddFluxgateBreaker(options).Build();
    }

    public static ResiliencePipeline Pipeline(this World world, Action<FluxgateBreakerOptions>? configure = null)
    {
        var options = new FluxgateBreakerOptions { Breaker = world.Breaker };
        configure?.Invoke(options);
        return new ResiliencePipelineBuilder().AddFluxgateBreaker(options).Build();
    }

    /// <summary>Runs a callback and returns its outcome as the pipeline returned it.</summary>
    public static async Task<Outcome<TResult>> Outcome<TResult>(
        this ResiliencePipeline<TResult> pipeline,
        Func<ResilienceContext, ValueTask<Outcome<TResult>>> callback,
        CancellationToken cancellationToken = default
    )
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            return await pipeline.ExecuteOutcomeAsync((context, run) => run(context), context, callback);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public static Task<Outcome<TResult>> Throws<TResult>(this ResiliencePipeline<TResult> pipeline, Exception exception) =>
        pipeline.Outcome(_ => new(Polly.Outcome.FromException<TResult>(exception)));

    public static Task<Outcome<TResult>> Returns<TResult>(this ResiliencePipeline<TResult> pipeline, TResult result) =>
        pipeline.Outcome(_ => new(Polly.Outcome.FromResult(result)));

    /// <summary>Asserts the counts of a breaker with no call in flight.</summary>
    public static void Counted(this World world, int successes = 0, int failures = 0, int ignored = 0, int rejected = 0)
    {
        var now = world.Now;
        Assert.Equal((successes, failures, ignored, rejected, 0L), (now.Successes, now.Failures, now.Ignored, now.Rejected, now.InFlight));
    }
}
