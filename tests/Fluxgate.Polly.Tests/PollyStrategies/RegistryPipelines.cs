using Polly;
using Polly.Registry;

namespace Fluxgate;

/// <summary>Breakers in the pipelines of Polly's registry.</summary>
public sealed class RegistryPipelines
{
    private readonly VirtualTime _time = new();
    private readonly List<FluxgateBreaker> _attached = [];
    private readonly List<FluxgateBreaker> _detached = [];

    [Fact]
    public async Task Each_named_pipeline_has_its_own_circuit_of_that_name()
    {
        await using var registry = Registry();
        foreach (var name in new[] { "payments", "search" })
        {
            registry.TryAddBuilder(name, (builder, _) => builder.AddFluxgateBreaker(Options()));
        }

        Open(registry.GetPipeline("payments"));

        Assert.Throws<CallNotPermittedException>(() => registry.GetPipeline("payments").Execute(() => { }));
        registry.GetPipeline("search").Execute(() => { });
        Assert.Equal(
            [("payments", BreakerState.Open), ("search", BreakerState.Closed)],
            _attached.Select(breaker => (breaker.Name, breaker.State))
        );
    }

    [Fact]
    public async Task Pipelines_of_one_name_and_several_result_types_have_own_circuits()
    {
        await using var registry = Registry();
        registry.TryAddBuilder("payments", (builder, _) => builder.AddFluxgateBreaker(Options()));
        registry.TryAddBuilder<int>("payments", (builder, _) => builder.AddFluxgateBreaker("payments of numbers", Settings()));
        registry.TryAddBuilder<string>("payments", (builder, _) => builder.AddFluxgateBreaker("payments of texts", Settings()));

        Open(registry.GetPipeline("payments"));

        Assert.Equal(1, registry.GetPipeline<int>("payments").Execute(() => 1));
        Assert.Equal("one", registry.GetPipeline<string>("payments").Execute(() => "one"));
        Assert.Equal(
            [("payments", BreakerState.Open), ("payments of numbers", BreakerState.Closed), ("payments of texts", BreakerState.Closed)],
            _attached.Select(breaker => (breaker.Name, breaker.State))
        );
    }

    [Fact]
    public async Task A_passed_breaker_is_one_circuit_for_all_pipelines()
    {
        await using var registry = Registry();
        var breaker = new FluxgateBreaker("payments", Settings(), _time);
        registry.TryAddBuilder("any", (builder, _) => builder.AddFluxgateBreaker(breaker));
        registry.TryAddBuilder<int>("numbers", (builder, _) => builder.AddFluxgateBreaker(breaker));

        Open(registry.GetPipeline("any"));

        Assert.Throws<CallNotPermittedException>(() => registry.GetPipeline<int>("numbers").Execute(() => 1));
        var added = registry.GetOrAddPipeline<string>("texts", builder => builder.AddFluxgateBreaker(breaker));
        Assert.Throws<CallNotPermittedException>(() => added.Execute(() => "one"));
        Assert.Equal(new(Failures: 1, Rejected: 2), CountsOfCalls.Of(breaker));
    }

    [Fact]
    public async Task A_pipeline_is_built_once()
    {
        await using var registry = Registry();

        for (var i = 0; i < 3; i++)
        {
            registry.GetOrAddPipeline("payments", builder => builder.AddFluxgateBreaker(Options())).Execute(() => { });
        }

        Assert.Equal(new(Successes: 3), CountsOfCalls.Of(Assert.Single(_attached)));
    }

    [Fact]
    public async Task The_circuit_is_named_after_the_pipeline_and_its_instance()
    {
        await using var registry = new ResiliencePipelineRegistry<(string Name, string Host)>(
            new()
            {
                BuilderFactory = Builder,
                BuilderNameFormatter = key => key.Name,
                InstanceNameFormatter = key => key.Host,
            }
        );
        registry.TryAddBuilder(("payments", "a.example"), (builder, _) => builder.AddFluxgateBreaker(Options()));

        registry.GetPipeline(("payments", "a.example")).Execute(() => { });

        Assert.Equal("payments/a.example", Assert.Single(_attached).Name);
    }

    [Fact]
    public async Task Disposing_the_registry_disposes_only_breakers_that_it_made()
    {
        var passed = new FluxgateBreaker("passed", Settings(), _time);
        var registry = Registry();
        registry.GetOrAddPipeline("made", builder => builder.AddFluxgateBreaker(Options()));
        registry.GetOrAddPipeline<int>("made of numbers", builder => builder.AddFluxgateBreaker("made of numbers", Settings()));
        registry.GetOrAddPipeline("passed", builder => builder.AddFluxgateBreaker(passed));
        var pipeline = registry.GetPipeline("passed");

        await registry.DisposeAsync();

        Assert.Equal(["made", "made of numbers"], _detached.Select(breaker => breaker.Name).Order());
        Assert.Throws<ObjectDisposedException>(() => pipeline.Execute(() => { }));
        Assert.Equal(BreakerState.Open, passed.Trip()!.NewState);
    }

    private static void Open(ResiliencePipeline pipeline) =>
        Assert.Throws<IOException>(() => pipeline.Execute(() => throw new IOException()));

    private ResiliencePipelineRegistry<string> Registry() => new(new() { BuilderFactory = Builder });

    private ResiliencePipelineBuilder Builder() => new() { TimeProvider = _time };

    private FluxgateBreakerOptions Options() => new() { Settings = Settings() };

    private FluxgateBreakerSettings Settings() =>
        new() { Tripper = Tripper.FailureStreak(1), Listeners = { new AttachmentLists(_attached, _detached) } };

    private sealed class AttachmentLists(List<FluxgateBreaker> attached, List<FluxgateBreaker> detached) : ICircuitListener
    {
        public void OnAttached(FluxgateBreaker breaker) => attached.Add(breaker);

        public void OnDetached(FluxgateBreaker breaker) => detached.Add(breaker);

        public void OnSignal(Signal signal) { }
    }
}
