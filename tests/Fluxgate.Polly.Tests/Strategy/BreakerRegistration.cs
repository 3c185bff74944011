using Polly;

namespace Fluxgate;

public sealed class BreakerRegistration
{
    private readonly World _world = new(new() { Tripper = Tripper.FailureStreak(1) });

    [Fact]
    public void A_breaker_without_arguments_has_default_settings()
    {
        var time = new VirtualTime();
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddFluxgateBreaker()
            .Build();
        for (var call = 0; call < 100; call++)
        {
            Assert.Throws<TimeoutException>(() => pipeline.Execute(() => throw new TimeoutException()));
        }

        var rejection = Assert.Throws<CallNotPermittedException>(() => pipeline.Execute(() => { }));
        Assert.Equal("MinRequests 100 >= 100 & FailureRate 100% >= 50% (100 of 100)", rejection.Reason.Text);
        Assert.Equal(TimeSpan.FromSeconds(60), rejection.RetryAfter);
    }

    [Fact]
    public async Task A_generic_breaker_without_arguments_has_default_settings()
    {
        var pipeline = new ResiliencePipelineBuilder<int> { TimeProvider = new VirtualTime() }
            .AddFluxgateBreaker()
            .Build();
        for (var call = 0; call < 100; call++)
        {
            Assert.IsType<TimeoutException>((await pipeline.Throws(new TimeoutException())).Exception);
        }

        var rejection = Assert.IsType<CallNotPermittedException>((await pipeline.Returns(1)).Exception);
        Assert.Equal("MinRequests 100 >= 100 & FailureRate 100% >= 50% (100 of 100)", rejection.Reason.Text);
    }

    [Fact]
    public void A_name_and_settings_create_a_breaker_on_both_builders()
    {
        var witness = new AttachmentRecorder();
        var settings = new FluxgateBreakerSettings { InitialState = BreakerState.MetricsOnly, Listeners = { witness } };
        new ResiliencePipelineBuilder().AddFluxgateBreaker("any", settings).Build();
        new ResiliencePipelineBuilder<string>().AddFluxgateBreaker("typed", settings).Build();

        Assert.Equal(
            [("any", BreakerState.MetricsOnly), ("typed", BreakerState.MetricsOnly)],
            witness.Attached.Select(breaker => (breaker.Name, breaker.State))
        );
    }

    [Fact]
    public void A_name_creates_a_breaker_with_default_settings_on_both_builders()
    {
        var any = new ResiliencePipelineBuilder().AddFluxgateBreaker("any").Build();
        var typed = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker("typed").Build();
        for (var call = 0; call < 100; call++)
        {
            Assert.Throws<TimeoutException>(() => any.Execute(() => throw new TimeoutException()));
            Assert.Throws<TimeoutException>(() => typed.Execute(int () => throw new TimeoutException()));
        }

        Assert.Equal("any", Assert.Throws<CallNotPermittedException>(() => any.Execute(() => { })).CircuitName);
        Assert.Equal("typed", Assert.Throws<CallNotPermittedException>(() => typed.Execute(() => 1)).CircuitName);
    }

    [Fact]
    public void A_target_typed_new_creates_the_options()
    {
        var any = new ResiliencePipelineBuilder().AddFluxgateBreaker(new() { Breaker = _world.Breaker }).Build();
        var typed = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(new() { Breaker = _world.Breaker }).Build();

        any.Execute(() => { });
        typed.Execute(() => 1);
        Assert.Equal(2, _world.Now.Successes);
    }

    [Fact]
    public void Each_build_creates_a_new_breaker()
    {
        var witness = new AttachmentRecorder();
        var builder = new ResiliencePipelineBuilder().AddFluxgateBreaker("payments", new() { Listeners = { witness } });
        builder.Build();
        builder.Build();
        Assert.Equal(2, witness.Attached.Distinct().Count());
    }

    [Fact]
    public void A_passed_breaker_serves_both_builders()
    {
        var any = new ResiliencePipelineBuilder().AddFluxgateBreaker(_world.Breaker).Build();
        var typed = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(_world.Breaker).Build();

        Assert.Equal(7, typed.Execute(() => 7));
        Assert.Throws<TimeoutException>(() => any.Execute(() => throw new TimeoutException()));
        Assert.Throws<CallNotPermittedException>(() => typed.Execute(() => 7));
        _world.Counted(successes: 1, failures: 1, rejected: 1);
    }

    [Fact]
    public void Options_reference_a_breaker_or_create_one()
    {
        var witness = new AttachmentRecorder();
        var settings = new FluxgateBreakerSettings { Listeners = { witness } };
        new ResiliencePipelineBuilder().AddFluxgateBreaker(new FluxgateBreakerOptions { CircuitName = "any", Settings = settings }).Build();
        new ResiliencePipelineBuilder<int>()
            .AddFluxgateBreaker(new FluxgateBreakerOptions<int> { CircuitName = "typed", Settings = settings })
            .Build();
        Assert.Equal(["any", "typed"], witness.Attached.Select(breaker => breaker.Name));

        Assert.Equal(7, _world.Pipeline<int>().Execute(() => 7));
        Assert.Equal(8, _world.Pipeline().Execute(() => 8));
        _world.Counted(successes: 2);
    }

    [Fact]
    public void Each_form_returns_the_builder()
    {
        var any = new ResiliencePipelineBuilder();
        Assert.Same(any, any.AddFluxgateBreaker());
        Assert.Same(any, any.AddFluxgateBreaker("name", new()));
        Assert.Same(any, any.AddFluxgateBreaker(_world.Breaker));
        Assert.Same(any, any.AddFluxgateBreaker(new FluxgateBreakerOptions()));

        var typed = new ResiliencePipelineBuilder<int>();
        Assert.Same(typed, typed.AddFluxgateBreaker());
        Assert.Same(typed, typed.AddFluxgateBreaker("name", new()));
        Assert.Same(typed, typed.AddFluxgateBreaker(_world.Breaker));
        Assert.Same(typed, typed.AddFluxgateBreaker(new FluxgateBreakerOptions<int>()));
    }

    [Fact]
    public void A_null_argument_throws_with_its_name()
    {
        ResiliencePipelineBuilder any = new();
        ResiliencePipelineBuilder<int> typed = new();
        Assert.Throws<ArgumentNullException>("builder", () => ((ResiliencePipelineBuilder)null!).AddFluxgateBreaker());
        Assert.Throws<ArgumentNullException>("builder", () => ((ResiliencePipelineBuilder<int>)null!).AddFluxgateBreaker());
        Assert.Throws<ArgumentNullException>("name", () => any.AddFluxgateBreaker(null!, new FluxgateBreakerSettings()));
        Assert.Throws<ArgumentNullException>("name", () => typed.AddFluxgateBreaker(null!, new FluxgateBreakerSettings()));
        Assert.Throws<ArgumentNullException>("settings", () => any.AddFluxgateBreaker("name", null!));
        Assert.Throws<ArgumentNullException>("settings", () => typed.AddFluxgateBreaker("name", null!));
        Assert.Throws<ArgumentNullException>("breaker", () => any.AddFluxgateBreaker((FluxgateBreaker)null!));
        Assert.Throws<ArgumentNullException>("breaker", () => typed.AddFluxgateBreaker((FluxgateBreaker)null!));
        Assert.Throws<ArgumentNullException>("options", () => any.AddFluxgateBreaker((FluxgateBreakerOptions)null!));
        Assert.Throws<ArgumentNullException>("options", () => typed.AddFluxgateBreaker((FluxgateBreakerOptions<int>)null!));
    }

    [Fact]
    public void A_breaker_made_by_a_pipeline_has_the_builders_clock()
    {
        var (witness, time) = (new AttachmentRecorder(), new VirtualTime());
        var settings = new FluxgateBreakerSettings { Listeners = { witness } };
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddFluxgateBreaker("virtual", settings)
            .Build();
        new ResiliencePipelineBuilder<int>().AddFluxgateBreaker("system", settings).Build();
        Assert.Equal([time, TimeProvider.System], witness.Attached.Select(breaker => breaker.TimeProvider));
    }

    [Fact]
    public void A_passed_breaker_and_the_builder_must_have_the_same_clock()
    {
        new ResiliencePipelineBuilder { TimeProvider = _world.Time }
            .AddFluxgateBreaker(_world.Breaker)
            .Build();
        new ResiliencePipelineBuilder().AddFluxgateBreaker(_world.Breaker).Build();

        var other = new ResiliencePipelineBuilder<int> { TimeProvider = new VirtualTime() }.AddFluxgateBreaker(_world.Breaker);
        var error = Assert.Throws<InvalidOperationException>(other.Build);
        Assert.Contains("'payments'", error.Message, StringComparison.Ordinal);
    }
}
