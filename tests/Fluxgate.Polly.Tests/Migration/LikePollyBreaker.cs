using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>A pipeline with Polly's own breaker, or one with ours under the same rule: each scenario runs on both, on a virtual clock.</summary>
internal abstract class LikePollyBreaker
{
    public VirtualTime Time { get; } = new();

    public abstract PipelineCalls Calls { get; }

    public abstract CircuitState State { get; }

    /// <summary>The transitions that callbacks or listeners received, in order.</summary>
    public List<CircuitState> Heard { get; } = [];

    /// <summary>Creates the breaker that a <see cref="BothBreakersAttribute"/> names.</summary>
    public static LikePollyBreaker Of(string kind, LikePollyRule? rule = null) =>
        kind == BothBreakersAttribute.Polly ? new PollysBreaker(rule ?? new()) : new OurBreaker(rule ?? new());

    public abstract Task IsolateAsync();

    public abstract Task CloseAsync();

    public void Wait(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

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
        Assert.False(call.LetIn);
        return Assert.IsAssignableFrom<BrokenCircuitException>(outcome.Exception);
    }

    private sealed class PollysBreaker : LikePollyBreaker
    {
        private readonly CircuitBreakerManualControl _control;
        private readonly CircuitBreakerStateProvider _state = new();

        public PollysBreaker(LikePollyRule rule)
        {
            _control = new(rule.IsIsolated);
            var options = new CircuitBreakerStrategyOptions<string>
            {
                FailureRatio = rule.FailureRatio,
                MinimumThroughput = rule.MinimumThroughput,
                SamplingDuration = TimeSpan.FromSeconds(rule.SamplingSeconds),
                BreakDuration = TimeSpan.FromSeconds(rule.BreakSeconds),
                ManualControl = _control,
                StateProvider = _state,
                OnOpened = arguments => Hear(arguments.BreakDuration == TimeSpan.MaxValue ? CircuitState.Isolated : CircuitState.Open),
                OnHalfOpened = _ => Hear(CircuitState.HalfOpen),
                OnClosed = _ => Hear(CircuitState.Closed),
            };
            if (rule.ShouldHandle is { } shouldHandle)
            {
                options.ShouldHandle = shouldHandle;
            }

            Calls = new(
                new ResiliencePipelineBuilder<string> { TimeProvider = Time }
                    .AddCircuitBreaker(options)
                    .Build()
            );
        }

        public override PipelineCalls Calls { get; }

        public override CircuitState State => _state.CircuitState;

        public override Task IsolateAsync() => _control.IsolateAsync();

        public override Task CloseAsync() => _control.CloseAsync();

        private ValueTask Hear(CircuitState state)
        {
            Heard.Add(state);
            return default;
        }
    }

    private sealed class OurBreaker : LikePollyBreaker
    {
        private readonly FluxgateBreaker _breaker;

        public OurBreaker(LikePollyRule rule)
        {
            _breaker = new(
                "payments",
                new()
                {
                    Tripper = Tripper.MinRequests(rule.MinimumThroughput) & Tripper.FailureRate(rule.FailureRatio),
                    Window = Window.Time(TimeSpan.FromSeconds(rule.SamplingSeconds)),
                    BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(rule.BreakSeconds)),
                    Permit = Permit.MaxConcurrent(1),
                    Recovery = Recovery.AfterProbes(1),
                    InitialState = rule.IsIsolated ? BreakerState.ForcedOpen : BreakerState.Closed,
                    Listeners = { signal => Heard.Add(AsPolly(signal.NewState)) },
                },
                Time
            );
            var options = new FluxgateBreakerOptions<string> { Breaker = _breaker, ShouldHandle = rule.ShouldHandle };
            Calls = new(new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(options).Build());
        }

        public override PipelineCalls Calls { get; }

        public override CircuitState State => AsPolly(_breaker.State);

        public override Task IsolateAsync() => Task.FromResult(_breaker.ForceOpen());

        public override Task CloseAsync() => Task.FromResult(_breaker.Reset());

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
internal sealed record LikePollyRule(
    double FailureRatio = 0.5,
    int MinimumThroughput = 4,
    double SamplingSeconds = 10,
    double BreakSeconds = 5,
    bool IsIsolated = false,
    Func<CircuitBreakerPredicateArguments<string>, ValueTask<bool>>? ShouldHandle = null
);
