using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>A pipeline with Polly's breaker, or with Fluxgate's under the same rule, on a virtual clock: each scenario runs on both.</summary>
internal abstract class ParityBreaker
{
    public abstract PipelineCalls Calls { get; }

    public abstract CircuitState State { get; }

    /// <summary>The transitions that callbacks or listeners received, in order.</summary>
    public List<CircuitState> Received { get; } = [];

    /// <summary>Creates the breaker that a <see cref="BothBreakersAttribute"/> names.</summary>
    public static ParityBreaker Of(string kind, ParityRule? rule = null) =>
        kind == BothBreakersAttribute.Polly ? new PollysBreaker(rule ?? new()) : new OurBreaker(rule ?? new());

    public abstract Task IsolateAsync();

    public abstract Task CloseAsync();

    public abstract void Wait(double seconds);

    public async Task FailAsync(int calls = 1)
    {
        for (var call = 0; call < calls; call++)
        {
            Assert.IsType<IOException>((await Calls.Fail()).Exception);
        }
    }

    public async Task SucceedAsync(int calls = 1)
    {
        for (var call = 0; call < calls; call++)
        {
            Assert.Equal("fine", (await Calls.Succeed()).Result);
        }
    }

    public async Task<BrokenCircuitException> RejectedAsync()
    {
        var call = Calls.Begin();
        var outcome = await call.Succeed();
        Assert.False(call.IsAdmitted);
        return Assert.IsAssignableFrom<BrokenCircuitException>(outcome.Exception);
    }

    private sealed class PollysBreaker : ParityBreaker
    {
        private readonly CircuitBreakerManualControl _control;
        private readonly PollyWorld _world;

        public PollysBreaker(ParityRule rule)
        {
            _control = new(rule.IsIsolated);
            _world = new(options =>
            {
                options.FailureRatio = rule.FailureRatio;
                options.MinimumThroughput = rule.MinimumThroughput;
                options.SamplingDuration = TimeSpan.FromSeconds(rule.SamplingSeconds);
                options.BreakDuration = TimeSpan.FromSeconds(rule.BreakSeconds);
                options.ShouldHandle = rule.ShouldHandle ?? options.ShouldHandle;
                options.ManualControl = _control;
                options.OnOpened = arguments =>
                    Record(arguments.BreakDuration == TimeSpan.MaxValue ? CircuitState.Isolated : CircuitState.Open);
                options.OnHalfOpened = _ => Record(CircuitState.HalfOpen);
                options.OnClosed = _ => Record(CircuitState.Closed);
            });
        }

        public override PipelineCalls Calls => _world.Calls;

        public override CircuitState State => _world.State;

        public override void Wait(double seconds) => _world.Wait(seconds);

        public override Task IsolateAsync() => _control.IsolateAsync();

        public override Task CloseAsync() => _control.CloseAsync();

        private ValueTask Record(CircuitState state)
        {
            Received.Add(state);
            return default;
        }
    }

    private sealed class OurBreaker : ParityBreaker
    {
        private readonly World _world;

        public OurBreaker(ParityRule rule)
        {
            _world = new(
                new()
                {
                    Tripper = Tripper.MinRequests(rule.MinimumThroughput) & Tripper.FailureRate(rule.FailureRatio),
                    Window = Window.Time(TimeSpan.FromSeconds(rule.SamplingSeconds)),
                    BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(rule.BreakSeconds)),
                    Permit = Permit.MaxConcurrent(1),
                    Recovery = Recovery.AfterProbes(1),
                    InitialState = rule.IsIsolated ? BreakerState.ForcedOpen : BreakerState.Closed,
                    Listeners = { signal => Received.Add(AsPolly(signal.NewState)) },
                }
            );
            var options = new FluxgateBreakerOptions<string> { Breaker = _world.Breaker, ShouldHandle = rule.ShouldHandle };
            Calls = new(new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(options).Build());
        }

        public override PipelineCalls Calls { get; }

        public override CircuitState State => AsPolly(_world.State);

        public override void Wait(double seconds) => _world.Wait(seconds);

        public override Task IsolateAsync() => Task.FromResult(_world.Breaker.ForceOpen());

        public override Task CloseAsync() => Task.FromResult(_world.Breaker.Reset());

        private static CircuitState AsPolly(BreakerState state) =>
            state switch
            {
                BreakerState.Closed => CircuitState.Closed,
                BreakerState.Open => CircuitState.Open,
                BreakerState.HalfOpen => CircuitState.HalfOpen,
                BreakerState.ForcedOpen => CircuitState.Isolated,
                _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Polly has no such state."),
            };
    }
}

/// <summary>A rule in the terms of Polly's options.</summary>
internal sealed record ParityRule(
    double FailureRatio = 0.5,
    int MinimumThroughput = 4,
    double SamplingSeconds = 10,
    double BreakSeconds = 5,
    bool IsIsolated = false,
    Func<CircuitBreakerPredicateArguments<string>, ValueTask<bool>>? ShouldHandle = null
);
