using Polly;

namespace Fluxgate;

/// <summary>A breaker in a pipeline that is part of another one, and beside empty pipelines.</summary>
public sealed class NestedPipelines
{
    private readonly World _world = new(new() { Tripper = Tripper.FailureStreak(2) });

    public static TheoryData<string> Nestings =>
        new("typed in typed", "untyped in typed", "untyped in untyped", "beside empty ones", "three deep");

    [Theory]
    [MemberData(nameof(Nestings))]
    public async Task A_nested_breaker_counts_each_call_once_and_rejects_at_every_level(string nesting)
    {
        var call = Nested(nesting);

        Assert.Equal("fine", await call(() => "fine"));
        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<IOException>(() => call(() => throw new IOException()));
        }

        await Assert.ThrowsAsync<CallNotPermittedException>(() => call(() => "fine"));
        Assert.Equal(new(Successes: 1, Failures: 2, Rejected: 1), CountsOfCalls.Of(_world.Breaker));
    }

    [Fact]
    public async Task A_rejection_by_an_inner_breaker_is_a_failure_unless_it_is_ignored()
    {
        var (strict, lenient) = (new World(name: "strict"), new World(name: "lenient"));
        var pipeline = new ResiliencePipelineBuilder<string>()
            .AddFluxgateBreaker(strict.Breaker)
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions<string>
                {
                    Breaker = lenient.Breaker,
                    ShouldIgnore = Tracker.TypeOf<CallNotPermittedException>().For<string>(),
                }
            )
            .AddPipeline(Typed())
            .Build();
        _world.Breaker.ForceOpen();

        var rejection = await Assert.ThrowsAsync<CallNotPermittedException>(async () =>
            await pipeline.ExecuteAsync(_ => new ValueTask<string>("fine"))
        );

        Assert.Equal("payments", rejection.CircuitName);
        Assert.Equal(new(Failures: 1), CountsOfCalls.Of(strict.Breaker));
        Assert.Equal(new(Ignored: 1), CountsOfCalls.Of(lenient.Breaker));
    }

    [Fact]
    public async Task A_breaker_at_two_levels_of_a_pipeline_counts_each_call_twice()
    {
        var pipeline = new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(_world.Breaker).AddPipeline(Typed()).Build();

        Assert.Equal("fine", await pipeline.ExecuteAsync(_ => new ValueTask<string>("fine")));
        await Assert.ThrowsAsync<IOException>(async () =>
            await pipeline.ExecuteAsync(_ => ValueTask.FromException<string>(new IOException()))
        );

        Assert.Equal(BreakerState.Open, _world.State);
        Assert.Equal(new(Successes: 2, Failures: 2), CountsOfCalls.Of(_world.Breaker));
    }

    [Fact]
    public void An_empty_pipeline_uses_no_breaker()
    {
        _world.Breaker.ForceOpen();

        Assert.Equal("fine", ResiliencePipeline.Empty.Execute(() => "fine"));
        Assert.Equal("fine", ResiliencePipeline<string>.Empty.Execute(() => "fine"));

        Assert.Equal(new(), CountsOfCalls.Of(_world.Breaker));
    }

    private ResiliencePipeline<string> Typed() => new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(_world.Breaker).Build();

    private ResiliencePipeline Untyped() => new ResiliencePipelineBuilder().AddFluxgateBreaker(_world.Breaker).Build();

    private Func<Func<string>, Task<string>> Nested(string nesting)
    {
        if (nesting == "untyped in untyped")
        {
            var any = new ResiliencePipelineBuilder().AddPipeline(Untyped()).Build();
            return async run => await any.ExecuteAsync(async _ => run());
        }

        var builder = new ResiliencePipelineBuilder<string>();
        var pipeline = nesting switch
        {
            "typed in typed" => builder.AddPipeline(Typed()).Build(),
            "untyped in typed" => builder.AddPipeline(Untyped()).Build(),
            "beside empty ones" => builder
                .AddPipeline(ResiliencePipeline<string>.Empty)
                .AddFluxgateBreaker(_world.Breaker)
                .AddPipeline(ResiliencePipeline.Empty)
                .Build(),
            _ => builder
                .AddPipeline(
                    new ResiliencePipelineBuilder<string>()
                        .AddPipeline(new ResiliencePipelineBuilder().AddPipeline(Untyped()).Build())
                        .Build()
                )
                .Build(),
        };
        return async run => await pipeline.ExecuteAsync(async _ => run());
    }
}
