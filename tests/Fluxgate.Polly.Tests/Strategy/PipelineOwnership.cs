using Polly;
using Polly.Registry;

namespace Fluxgate;

public sealed class PipelineOwnership
{
    private readonly AttachmentRecorder _own = new();
    private readonly AttachmentRecorder _passed = new();
    private readonly World _world;

    public PipelineOwnership() => _world = new(new() { Listeners = { _passed } });

    [Fact]
    public void Disposing_a_pipeline_disposes_only_the_breaker_that_it_made()
    {
        var registry = Registry();
        var pipeline = registry.GetPipeline("any");
        Assert.Empty(_own.Detached);

        registry.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pipeline.Execute(() => { }));
        Assert.Equal(_own.Attached, _own.Detached);
        Assert.Empty(_passed.Detached);
    }

    [Fact]
    public async Task Disposing_a_generic_pipeline_disposes_only_the_breaker_that_it_made()
    {
        var registry = Registry();
        Assert.Equal(7, registry.GetPipeline<int>("typed").Execute(() => 7));

        await registry.DisposeAsync();
        Assert.Equal(_own.Attached, _own.Detached);
        Assert.Single(_own.Detached);
        Assert.Empty(_passed.Detached);
    }

    [Fact]
    public void A_reload_creates_a_new_breaker_and_keeps_a_passed_one()
    {
        using var reload = new CancellationTokenSource();
        var reloads = new Queue<CancellationToken>([reload.Token]);
        using var registry = new ResiliencePipelineRegistry<string>();
        registry.TryAddBuilder(
            "any",
            (builder, context) =>
            {
                if (reloads.TryDequeue(out var token))
                {
                    context.AddReloadToken(token);
                }

                Add(builder);
            }
        );
        var pipeline = registry.GetPipeline("any");
        Assert.Throws<TimeoutException>(() => pipeline.Execute(() => throw new TimeoutException()));

        reload.Cancel();
        Assert.Equal(2, _own.Attached.Count);
        Assert.Equal([_own.Attached[0]], _own.Detached);
        Assert.Empty(_passed.Detached);

        pipeline.Execute(() => { });
        Assert.Equal((0, 1), Counts(_own.Attached[1]));
        Assert.Equal((1, 1), Counts(_world.Breaker));
    }

    private static (long Failures, long Successes) Counts(FluxgateBreaker breaker) =>
        breaker.Snapshot() is var now ? (now.Failures, now.Successes) : default;

    private ResiliencePipelineRegistry<string> Registry()
    {
        var registry = new ResiliencePipelineRegistry<string>();
        registry.TryAddBuilder("any", (builder, _) => Add(builder));
        registry.TryAddBuilder<int>(
            "typed",
            (builder, _) => builder.AddFluxgateBreaker("own", new() { Listeners = { _own } }).AddFluxgateBreaker(_world.Breaker)
        );
        return registry;
    }

    private void Add(ResiliencePipelineBuilder builder) =>
        builder.AddFluxgateBreaker("own", new() { Listeners = { _own } }).AddFluxgateBreaker(_world.Breaker);
}
