using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;

namespace Fluxgate;

/// <summary>Differences in lifetime, clock and control between Polly's breaker and Fluxgate's, as docs/migrating.md lists them.</summary>
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

        // The registry owns the pipelines: they throw for new calls, whatever strategies they contain.
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

        // Polly's breaker uses the clock of its builder, like a Fluxgate breaker that the pipeline creates.
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
            breaker.ForceOpen("the data center moves");
        }
        #endregion

        Assert.All(breakers, breaker => Assert.Equal(BreakerState.ForcedOpen, breaker.State));
    }
}
