using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Registry;
using Polly.Testing;
using Polly.Timeout;

namespace Fluxgate;

/// <summary>Checks the descriptors of <c>Polly.Testing</c>, with which an application can test its own pipelines.</summary>
public sealed class PipelineDescriptors
{
    [Fact]
    public void The_descriptor_shows_the_strategy_at_its_place_with_its_options()
    {
        var tracker = Tracker.Result<int>(result => result < 0);
        var options = new FluxgateBreakerOptions<int>
        {
            Name = "breaker of orders",
            CircuitName = "orders",
            Settings = new() { Tripper = Tripper.FailureStreak(3) },
            Tracker = tracker,
        };
        var pipeline = new ResiliencePipelineBuilder<int>()
            .AddTimeout(TimeSpan.FromSeconds(10))
            .AddFluxgateBreaker(options)
            .AddTimeout(TimeSpan.FromSeconds(1))
            .Build();

        var strategies = pipeline.GetPipelineDescriptor().Strategies;

        Assert.IsType<TimeoutStrategyOptions>(strategies[0].Options);
        Assert.IsType<TimeoutStrategyOptions>(strategies[2].Options);
        var shown = Assert.IsType<FluxgateBreakerOptions<int>>(strategies[1].Options);
        Assert.Equal(("breaker of orders", "orders"), (shown.Name, shown.CircuitName));
        Assert.Equal("FailureStreak(3)", shown.Settings?.Tripper.ToString());
        Assert.Same(tracker, shown.Tracker);
    }

    [Fact]
    public void The_descriptor_of_a_non_generic_pipeline_shows_the_breaker()
    {
        using var breaker = new FluxgateBreaker("orders");
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(breaker).Build();

        var strategy = Assert.Single(pipeline.GetPipelineDescriptor().Strategies);

        Assert.Same(breaker, Assert.IsType<FluxgateBreakerOptions>(strategy.Options).Breaker);
    }

    [Fact]
    public async Task The_descriptor_of_a_named_pipeline_shows_the_containers_breaker()
    {
        var collection = new ServiceCollection();
        collection.AddFluxgate().AddBreaker("stock");
        collection.AddResiliencePipeline("stock", (builder, context) => builder.AddFluxgateBreaker(context, "stock"));
        await using var services = collection.BuildServiceProvider();
        var pipeline = services.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline("stock");

        var descriptor = pipeline.GetPipelineDescriptor();

        var options = Assert.IsType<FluxgateBreakerOptions>(descriptor.FirstStrategy.Options);
        Assert.Same(services.GetRequiredService<FluxgateBreakers>()["stock"], options.Breaker);
        Assert.Single(descriptor.Strategies, strategy => strategy.Options is FluxgateBreakerOptions);
    }
}
