using Polly;
using Polly.CircuitBreaker;
using Polly.Telemetry;

namespace Fluxgate;

/// <summary>Polly.Core's breaker on a virtual clock: two failures out of two open it for five seconds.</summary>
internal sealed class PollyWorld
{
    private readonly CircuitBreakerStateProvider _state = new();

    public PollyWorld(Action<CircuitBreakerStrategyOptions<string>>? configure = null, TelemetryListener? telemetry = null)
    {
        var options = new CircuitBreakerStrategyOptions<string>
        {
            FailureRatio = 1,
            MinimumThroughput = 2,
            SamplingDuration = TimeSpan.FromSeconds(30),
            BreakDuration = TimeSpan.FromSeconds(5),
            StateProvider = _state,
            ManualControl = Manual,
        };
        configure?.Invoke(options);
        Calls = new(
            new ResiliencePipelineBuilder<string> { TimeProvider = Time, TelemetryListener = telemetry }
                .AddCircuitBreaker(options)
                .Build()
        );
    }

    public VirtualTime Time { get; } = new();

    public CircuitBreakerManualControl Manual { get; } = new();

    public PipelineCalls Calls { get; }

    public CircuitState State => _state.CircuitState;

    public void Wait(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    public async Task Open()
    {
        await Calls.Fail();
        await Calls.Fail();
        Assert.Equal(CircuitState.Open, State);
    }

    public async Task<BrokenCircuitException> Rejects()
    {
        var call = Calls.Begin();
        var outcome = await call.Succeed();
        Assert.False(call.IsAdmitted);
        return Assert.IsType<BrokenCircuitException>(outcome.Exception);
    }
}
