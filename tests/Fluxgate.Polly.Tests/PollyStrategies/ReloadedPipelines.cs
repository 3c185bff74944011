using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>Trap L8: a reload loses the state, or calls in flight end in an ObjectDisposedException.</summary>
public sealed class ReloadedPipelines
{
    private readonly VirtualTime _time = new();
    private readonly List<string> _received = [];

    [Fact]
    public async Task L8_a_passed_breaker_keeps_its_state_over_a_reload()
    {
        var breaker = new FluxgateBreaker("payments", Settings(), _time);
        await using var registry = new ReloadingRegistry(builder => builder.AddFluxgateBreaker(breaker), _time);
        await Fail(registry.Pipeline);

        registry.Reload();

        await Assert.ThrowsAsync<CallNotPermittedException>(async () => await registry.Pipeline.ExecuteAsync(Succeed));
        Assert.Equal((2, BreakerState.Open), (registry.Builds, breaker.State));
        Assert.Equal(new(Failures: 1, Rejected: 1), CountsOfCalls.Of(breaker));
        _time.Advance(TimeSpan.FromSeconds(60));
        registry.Reload();
        Assert.Equal("fine", await registry.Pipeline.ExecuteAsync(Succeed));
        Assert.Equal(["payments: closed -> open", "payments: open -> half_open"], _received);
    }

    [Fact]
    public async Task L8_a_breaker_that_the_pipeline_makes_ends_with_a_reload()
    {
        await using var registry = new ReloadingRegistry(builder => builder.AddFluxgateBreaker("payments", Settings()), _time);
        await Fail(registry.Pipeline);

        registry.Reload();

        Assert.Equal("fine", await registry.Pipeline.ExecuteAsync(Succeed));
        Assert.Equal(["payments: closed -> open", "payments: detached"], _received);
    }

    [Fact]
    public async Task L8_Pollys_breaker_loses_its_state_with_every_reload()
    {
        await using var registry = new ReloadingRegistry(builder => builder.AddCircuitBreaker(PollysOwn()), _time);
        await Fail(registry.Pipeline);
        await Fail(registry.Pipeline);
        await Assert.ThrowsAsync<BrokenCircuitException>(async () => await registry.Pipeline.ExecuteAsync(Succeed));

        registry.Reload();

        Assert.Equal("fine", await registry.Pipeline.ExecuteAsync(Succeed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task L8_calls_in_flight_over_a_reload_end_in_their_own_outcome(bool passed)
    {
        Inline.Continuations();
        var breaker = new FluxgateBreaker("passed", Settings(), _time);
        await using var registry = new ReloadingRegistry(
            builder => _ = passed ? builder.AddFluxgateBreaker(breaker) : builder.AddFluxgateBreaker("payments", Settings()),
            _time
        );
        var (succeeds, fails) = (new TaskCompletionSource<string>(), new TaskCompletionSource<string>());
        var (first, second) = (Run(registry.Pipeline, succeeds.Task), Run(registry.Pipeline, fails.Task));

        registry.Reload();
        _time.Advance(ReloadingRegistry.PastPollyReloadTimeout);
        Assert.Equal(passed ? [] : ["payments: detached"], _received);
        succeeds.SetResult("late, but fine");
        fails.SetException(new IOException("the dependency's own"));

        Assert.Equal("late, but fine", await Inline.Ended(first));
        Assert.Equal("the dependency's own", (await Assert.ThrowsAsync<IOException>(() => Inline.Ended(second))).Message);
    }

    [Fact]
    public async Task L8_Pollys_breaker_throws_ObjectDisposedException_in_calls_in_flight()
    {
        Inline.Continuations();
        await using var registry = new ReloadingRegistry(builder => builder.AddCircuitBreaker(PollysOwn()), _time);
        var dependency = new TaskCompletionSource<string>();
        var call = Run(registry.Pipeline, dependency.Task);

        registry.Reload();
        _time.Advance(ReloadingRegistry.PastPollyReloadTimeout);
        dependency.SetResult("late, but fine");

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Inline.Ended(call));
    }

    [Fact]
    public async Task L8_a_passed_breaker_counts_calls_in_flight_over_a_reload()
    {
        Inline.Continuations();
        var breaker = new FluxgateBreaker("payments", Settings(), _time);
        await using var registry = new ReloadingRegistry(builder => builder.AddFluxgateBreaker(breaker), _time);
        var dependency = new TaskCompletionSource<string>();
        var call = Run(registry.Pipeline, dependency.Task);

        registry.Reload();
        dependency.SetException(new IOException());
        await Assert.ThrowsAsync<IOException>(() => Inline.Ended(call));

        Assert.Equal(BreakerState.Open, breaker.State);
        Assert.Equal(new(Failures: 1), CountsOfCalls.Of(breaker));
    }

    [Fact]
    public async Task L8_a_reload_that_fails_does_not_change_the_breaker()
    {
        var broken = false;
        await using var registry = new ReloadingRegistry(
            builder =>
            {
                builder.AddFluxgateBreaker("payments", Settings());
                if (broken)
                {
                    throw new InvalidOperationException("bad configuration");
                }
            },
            _time
        );
        await Fail(registry.Pipeline);
        broken = true;

        registry.Reload();

        await Assert.ThrowsAsync<CallNotPermittedException>(async () => await registry.Pipeline.ExecuteAsync(Succeed));
        Assert.Equal(["payments: closed -> open"], _received);
    }

    [Fact]
    public async Task L8_a_reload_can_reconfigure_a_passed_breaker()
    {
        var settings = Settings();
        settings.Tripper = Tripper.FailureStreak(3);
        var breaker = new FluxgateBreaker("payments", settings, _time);
        await using var registry = new ReloadingRegistry(
            builder =>
            {
                breaker.Reconfigure(settings);
                builder.AddFluxgateBreaker(breaker);
            },
            _time
        );
        await Fail(registry.Pipeline);
        await Fail(registry.Pipeline);
        Assert.Equal(BreakerState.Closed, breaker.State);

        settings.Tripper = Tripper.FailureStreak(2);
        registry.Reload();
        await Fail(registry.Pipeline);

        Assert.Equal(BreakerState.Open, breaker.State);
        Assert.Equal("FailureStreak 3 >= 2", breaker.Snapshot().Reason.Text);
    }

    private static ValueTask<string> Succeed(CancellationToken cancellationToken) => new("fine");

    private static async Task<string> Run(ResiliencePipeline<string> pipeline, Task<string> dependency) =>
        await pipeline.ExecuteAsync(_ => new ValueTask<string>(dependency));

    private static Task<IOException> Fail(ResiliencePipeline<string> pipeline) =>
        Assert.ThrowsAsync<IOException>(() => Run(pipeline, Task.FromException<string>(new IOException())));

    private static CircuitBreakerStrategyOptions<string> PollysOwn() =>
        new()
        {
            FailureRatio = 1,
            MinimumThroughput = 2,
            BreakDuration = TimeSpan.FromSeconds(60),
        };

    private FluxgateBreakerSettings Settings() => new() { Tripper = Tripper.FailureStreak(1), Listeners = { new Received(_received) } };

    private sealed class Received(List<string> received) : ICircuitListener
    {
        public void OnSignal(Signal signal) =>
            received.Add($"{signal.CircuitName}: {signal.OldState.ToLabel()} -> {signal.NewState.ToLabel()}");

        public void OnDetached(FluxgateBreaker breaker) => received.Add($"{breaker.Name}: detached");
    }
}
