using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

public sealed class Rejections
{
    private readonly World _world = new(
        new() { BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(10)), Permit = Permit.MaxConcurrent(2) }
    );

    [Fact]
    public void A_rejection_is_a_BrokenCircuitException_of_Polly()
    {
        _world.Breaker.Trip("maintenance");
        _world.Wait(4);
        var rejection = Assert.IsType<CallNotPermittedException>(
            Assert.ThrowsAny<BrokenCircuitException>(() => _world.Pipeline().Execute(() => { }))
        );
        Assert.Equal("payments", rejection.CircuitName);
        Assert.Equal(BreakerState.Open, rejection.State);
        Assert.Equal((ReasonKind.Manual, "maintenance"), (rejection.Reason.Kind, rejection.Reason.Text));
        Assert.Equal(TimeSpan.FromSeconds(6), rejection.RetryAfter);
        Assert.Equal("Circuit 'payments' is open and rejects the call: maintenance. It probes again in 6s.", rejection.Message);
        Assert.Null(rejection.InnerException);
    }

    [Fact]
    public async Task A_rejected_callback_does_not_run()
    {
        _world.Breaker.Trip();
        var ran = false;
        var outcome = await _world
            .Pipeline<int>()
            .Outcome(_ =>
            {
                ran = true;
                return new(Outcome.FromResult(7));
            });
        Assert.IsType<CallNotPermittedException>(outcome.Exception);
        Assert.False(ran);
        _world.Counted(rejected: 1);
    }

    [Fact]
    public async Task Every_rejection_is_a_new_instance_with_its_own_stack_trace()
    {
        _world.Breaker.Trip();
        var pipeline = _world.Pipeline();
        var rejections = new List<CallNotPermittedException>();
        for (var call = 0; call < 3; call++)
        {
            rejections.Add(Assert.Throws<CallNotPermittedException>(() => pipeline.Execute(() => { })));
            rejections.Add(await Assert.ThrowsAsync<CallNotPermittedException>(async () => await pipeline.ExecuteAsync(_ => default)));
        }

        Assert.Equal(6, rejections.Distinct().Count());

        // A shared stack trace grows. It may shrink: the runtime inlines more over time.
        Assert.InRange(Lines(rejections[4]), 1, Lines(rejections[0]));
        Assert.InRange(Lines(rejections[5]), 1, Lines(rejections[1]));

        static int Lines(Exception exception) => exception.StackTrace!.Split('\n').Length;
    }

    [Fact]
    public void RetryAfter_is_null_while_forced_open()
    {
        _world.Breaker.ForceOpen();
        Unknown(BreakerState.ForcedOpen, "Circuit 'payments' is forced_open and rejects the call: forced open by hand.");
    }

    [Fact]
    public void RetryAfter_is_null_while_half_open()
    {
        _world.Breaker.Probe();
        Assert.Equal(2, _world.Ask(100).Count);
        Unknown(
            BreakerState.HalfOpen,
            "Circuit 'payments' is half_open and rejects the call: probing by hand; the permit is MaxConcurrent(2)."
        );
    }

    [Fact]
    public void A_permit_whose_ToString_throws_is_named_by_its_type()
    {
        var world = new World(new() { InitialState = BreakerState.HalfOpen, Permit = new ThrowingText() });
        world.Begin();

        var rejection = Assert.Throws<CallNotPermittedException>(() => world.Pipeline().Execute(() => { }));

        Assert.EndsWith(": initial state; the permit is ThrowingText.", rejection.Message, StringComparison.Ordinal);
        Assert.Equal(1, world.Now.UserErrors(UserErrorSource.Permit));
    }

    [Fact]
    public void RetryAfter_is_null_until_reset()
    {
        var world = new World(new() { BreakDuration = BreakDuration.UntilReset });
        world.Breaker.Trip();
        world.Wait(1e9);
        var rejection = Assert.Throws<CallNotPermittedException>(() => world.Pipeline().Execute(() => { }));
        Assert.Equal((BreakerState.Open, null), (rejection.State, rejection.RetryAfter));
    }

    [Theory]
    [InlineData(TimeSpan.TicksPerSecond)]
    [InlineData(1_000_000_000)]
    [InlineData(1_000)]
    [InlineData(700)]
    [InlineData(32_768)]
    [InlineData(15_000_000)]
    public void RetryAfter_is_greater_than_zero_while_calls_are_rejected(long frequency)
    {
        var time = new VirtualTime(frequency);
        using var breaker = new FluxgateBreaker(
            "payments",
            new() { BreakDuration = BreakDuration.Fixed(TimeSpan.FromMilliseconds(1234.5677)) },
            time
        );
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(breaker).Build();
        breaker.Trip();
        time.Advance(TimeSpan.FromMilliseconds(1234));
        for (var step = 0; step < 30_000 && breaker.State == BreakerState.Open; step++)
        {
            if (Record.Exception(() => pipeline.Execute(() => { })) is CallNotPermittedException rejection)
            {
                Assert.True(rejection.RetryAfter > TimeSpan.Zero, $"{rejection.RetryAfter} at step {step}");
            }

            time.Advance(TimeSpan.FromTicks(7));
        }

        Assert.NotEqual(BreakerState.Open, breaker.State);
    }

    [Fact]
    public async Task A_rejection_names_its_pipeline_and_strategy()
    {
        _world.Breaker.Trip();
        var pipeline = new ResiliencePipelineBuilder<int> { Name = "orders", InstanceName = "eu" }
            .AddFluxgateBreaker(new FluxgateBreakerOptions<int> { Breaker = _world.Breaker, Name = "breaker" })
            .Build();
        var source = Assert.IsType<CallNotPermittedException>((await pipeline.Returns(7)).Exception).TelemetrySource;
        Assert.Equal(("orders", "eu", "breaker"), (source!.PipelineName, source.PipelineInstanceName, source.StrategyName));

        var any = new ResiliencePipelineBuilder { Name = "bills" }
            .AddFluxgateBreaker(_world.Breaker)
            .Build();
        source = Assert.Throws<CallNotPermittedException>(() => any.Execute(() => 7)).TelemetrySource;
        Assert.Equal(("bills", null, "FluxgateBreaker"), (source!.PipelineName, source.PipelineInstanceName, source.StrategyName));
    }

    [Fact]
    public void A_rejection_has_the_reason_of_the_trip()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(2) });
        world.Fail(2);
        var rejection = Assert.Throws<CallNotPermittedException>(() => world.Pipeline().Execute(() => { }));
        Assert.Equal("FailureStreak 2 >= 2", rejection.Reason.Text);
        Assert.Same(world.Signals[^1].Reason, rejection.Reason);
    }

    private void Unknown(BreakerState state, string message)
    {
        var rejection = Assert.Throws<CallNotPermittedException>(() => _world.Pipeline().Execute(() => { }));
        Assert.Equal((state, null, message), (rejection.State, rejection.RetryAfter, rejection.Message));
    }

    private sealed class ThrowingText : Permit
    {
        public override bool Admits(in PermitContext context) => false;

        public override string ToString() => throw new NotSupportedException("no words");
    }
}
