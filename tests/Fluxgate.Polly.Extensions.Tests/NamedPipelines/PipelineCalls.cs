using Polly;

namespace Fluxgate;

/// <summary>Makes calls with given outcomes through a pipeline.</summary>
internal static class PipelineCalls
{
    public static async Task SucceedAsync(this ResiliencePipeline pipeline) => await pipeline.ExecuteAsync(static _ => default);

    public static Task FailAsync(this ResiliencePipeline pipeline) =>
        Assert.ThrowsAsync<IOException>(async () =>
            await pipeline.ExecuteAsync(static _ => ValueTask.FromException(new IOException("down")))
        );

    public static Task<CallNotPermittedException> RejectedAsync(this ResiliencePipeline pipeline) =>
        Assert.ThrowsAsync<CallNotPermittedException>(async () => await pipeline.ExecuteAsync(static _ => default));
}
