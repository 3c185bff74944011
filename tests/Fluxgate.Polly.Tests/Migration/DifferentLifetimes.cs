using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;

namespace Fluxgate;

/// <summary>What becomes of a breaker whose pipeline is disposed, and what steers several, in Polly and here, as docs/migrating.md says.</summary>
public sealed class DifferentLifetimes
{
    [Fact]
    public async Task A_breaker_continues_after_its_pipeline_is_disposed()
    {
        var state = new CircuitBreakerStateProvider();
        var control = new CircuitBreakerManualControl();
        var ours = new World();
        var registry = new ResiliencePipelineRegistry<string>();
        var polly = registry.GetOrAddPipeline<string>(
            "polly",
            builder => builder.AddCircuitBreaker(new() { StateProvider = state, ManualControl = control })
        );
        var fluxgate = registry.GetOrAddPipeline<string>("fluxgate", builder => builder.AddFluxgateBreaker(ours.Breaker));

        await registry.DisposeAsync();

        // The pipelines are the registry's: they refuse calls, whatever is in them.
        Assert.Throws<ObjectDisposedException>(() => polly.Execute(() => "fine"));
        Assert.Throws<ObjectDisposedException>(() => fluxgate.Execute(() => "fine"));
        Assert.Throws<ObjectDisposedException>(() => state.CircuitState);

        ours.Breaker.ForceOpen();
        ours.Rejects();
        Assert.Equal(BreakerState.ForcedOpen, ours.State);
        await ours.Breaker.DisposeAsync();
        ours.Rejects();
        ours.Breaker.Reset();
        ours.Succeed();
    }

    [Fact]
    public void A_builder_with_a_clock_other_than_its_breakers_throws()
    {
        var time = new VirtualTime();
        using var another = new FluxgateBreaker("payments");
        using var same = new FluxgateBreaker("payments", timeProvider: time);

        // Polly's breaker has the clock of its builder, as one of ours that the pipeline makes.
        Builder().AddCircuitBreaker(new()).AddFluxgateBreaker().AddFluxgateBreaker(same).Build();
        var refused = Assert.Throws<InvalidOperationException>(() => Builder().AddFluxgateBreaker(another).Build());
        Assert.StartsWith(
            "The builder's TimeProvider (VirtualTime) must be null or the one of its breaker",
            refused.Message,
            StringComparison.Ordinal
        );

        ResiliencePipelineBuilder Builder() => new() { TimeProvider = time };
    }

    [Fact]
    public async Task One_control_for_several_breakers_is_a_loop()
    {
        var control = new CircuitBreakerManualControl();
        var states = new List<CircuitBreakerStateProvider>();
        for (var i = 0; i < 3; i++)
        {
            states.Add(new());
            new ResiliencePipelineBuilder().AddCircuitBreaker(new() { ManualControl = control, StateProvider = states[^1] }).Build();
        }

        await control.IsolateAsync();
        Assert.All(states, state => Assert.Equal(CircuitState.Isolated, state.CircuitState));

        var (stock, payments) = (new World(name: "stock").Breaker, new World(name: "payments").Breaker);

        #region docs/migrating.md: One control for several breakers
        FluxgateBreaker[] breakers = [stock, payments];
        foreach (var breaker in breakers)
        {
            breaker.ForceOpen("the data centre moves");
        }
        #endregion

        Assert.All(breakers, breaker => Assert.Equal(BreakerState.ForcedOpen, breaker.State));
    }
}
