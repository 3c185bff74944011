using Polly;
using Polly.Telemetry;

namespace Fluxgate;

/// <summary>Differences in callbacks and in Polly's telemetry between Polly's breaker and Fluxgate's, as docs/migrating.md lists them.</summary>
public sealed class DifferentTelemetry
{
    private readonly Names _ofPolly = new();
    private readonly Names _ofOurs = new();

    [Fact]
    public async Task A_TelemetryListener_gets_outcome_and_context_of_the_call()
    {
        using var log = new StringWriter();
        var world = new World(new() { Tripper = Tripper.FailureStreak(2) });
        var opened = "";
        var polly = new ResiliencePipelineBuilder<string>().AddCircuitBreaker(
            new()
            {
                FailureRatio = 1,
                MinimumThroughput = 2,
                OnOpened = arguments =>
                {
                    opened = $"{arguments.Outcome.Exception?.Message}, in {arguments.Context.OperationKey}";
                    return default;
                },
            }
        );

        #region docs/migrating.md: The outcome and the context in OnOpened
        var builder = new ResiliencePipelineBuilder<string> { TelemetryListener = new LastStraw(log) };
        #endregion

        builder.AddFluxgateBreaker(world.Breaker);
        foreach (var pipeline in (ResiliencePipeline<string>[])[polly.Build(), builder.Build()])
        {
            for (var call = 0; call < 2; call++)
            {
                var context = ResilienceContextPool.Shared.Get("checkout");
                await pipeline.ExecuteOutcomeAsync<string, int>(
                    (_, _) => new(Outcome.FromException<string>(new IOException("no route"))),
                    context,
                    0
                );
                ResilienceContextPool.Shared.Return(context);
            }
        }

        Assert.Equal("no route, in checkout", opened);
        Assert.Equal("payments: closed -> open (FailureStreak 2 >= 2): no route, in checkout", log.ToString().TrimEnd());
    }

    [Fact]
    public async Task Manual_calls_raise_signals_and_no_telemetry_events()
    {
        var polly = new PollyWorld(telemetry: _ofPolly);
        var ours = Ours(new());

        await polly.Manual.IsolateAsync();
        await polly.Manual.CloseAsync();
        ours.Breaker.ForceOpen();
        ours.Breaker.Reset();

        Assert.Equal(["OnCircuitOpened", "OnCircuitClosed"], _ofPolly.Events);
        Assert.Empty(_ofOurs.Events);
        Assert.All(ours.Signals, signal => Assert.Equal(ReasonKind.Manual, signal.Reason.Kind));
        Assert.Equal([BreakerState.ForcedOpen, BreakerState.Closed], ours.Signals.Select(signal => signal.NewState));
    }

    [Fact]
    public void An_isolated_initial_state_raises_neither_event_nor_signal()
    {
        _ = new PollyWorld(options => options.ManualControl = new(isIsolated: true), _ofPolly);
        var attached = new StateWhenAttached();
        var ours = Ours(new() { InitialState = BreakerState.ForcedOpen, Listeners = { attached } });

        Assert.Equal(["OnCircuitOpened"], _ofPolly.Events);
        Assert.Empty(_ofOurs.Events);
        Assert.Empty(ours.Signals);
        Assert.Equal(BreakerState.ForcedOpen, attached.State);
    }

    [Fact]
    public async Task Isolating_reports_no_break_duration()
    {
        var isolatedFor = TimeSpan.Zero;
        var polly = new PollyWorld(options =>
            options.OnOpened = arguments =>
            {
                isolatedFor = arguments.BreakDuration;
                return default;
            }
        );
        var ours = Ours(new());

        await polly.Manual.IsolateAsync();
        ours.Breaker.ForceOpen();

        Assert.Equal(TimeSpan.MaxValue, isolatedFor);
        Assert.Equal((BreakerState.ForcedOpen, null), (ours.Signals[^1].NewState, ours.Signals[^1].BreakFor));
    }

    [Fact]
    public async Task Events_and_strategies_have_different_names()
    {
        var polly = new PollyWorld(telemetry: _ofPolly);
        var ours = Ours(
            new()
            {
                Tripper = Tripper.FailureStreak(2),
                Recovery = Recovery.AfterProbes(1),
                Permit = Permit.All,
            }
        );
        var calls = new PipelineCalls(Pipeline(ours));

        foreach (var (breaker, time) in ((PipelineCalls, VirtualTime)[])[(polly.Calls, polly.Time), (calls, ours.Time)])
        {
            await breaker.Fail();
            await breaker.Fail();
            time.Advance(TimeSpan.FromSeconds(60));
            await breaker.Succeed();
        }

        Assert.Equal(["OnCircuitOpened", "OnCircuitHalfOpened", "OnCircuitClosed"], _ofPolly.Events);
        Assert.Equal(["Fluxgate.OnOpened", "Fluxgate.OnHalfOpened", "Fluxgate.OnClosed"], _ofOurs.Events);
        Assert.Equal(_ofPolly.Severities, _ofOurs.Severities);
        Assert.Equal(("CircuitBreaker", "FluxgateBreaker"), (_ofPolly.Strategy, _ofOurs.Strategy));
    }

    #region docs/migrating.md: The outcome and the context in OnOpened
    public sealed class LastStraw(TextWriter log) : TelemetryListener
    {
        public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
        {
            if (args.Arguments is FluxgateOpenedArguments opened)
            {
                log.WriteLine($"{opened.Signal}: {args.Outcome?.Exception?.Message}, in {opened.Context.OperationKey}");
            }
        }
    }
    #endregion

    private World Ours(FluxgateBreakerSettings settings)
    {
        var world = new World(settings);
        Pipeline(world);
        return world;
    }

    private ResiliencePipeline<string> Pipeline(World world) =>
        new ResiliencePipelineBuilder<string> { TelemetryListener = _ofOurs }
            .AddFluxgateBreaker(world.Breaker)
            .Build();

    private sealed class StateWhenAttached : ICircuitListener
    {
        public BreakerState? State { get; private set; }

        public void OnAttached(FluxgateBreaker breaker) => State = breaker.State;

        public void OnSignal(Signal signal) { }
    }

    /// <summary>Records the events of circuit breakers, without those of every execution.</summary>
    private sealed class Names : TelemetryListener
    {
        public List<string> Events { get; } = [];

        public List<ResilienceEventSeverity> Severities { get; } = [];

        public string? Strategy { get; private set; }

        public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
        {
            if (args.Source.StrategyName is { } strategy)
            {
                Events.Add(args.Event.EventName);
                Severities.Add(args.Event.Severity);
                Strategy = strategy;
            }
        }
    }
}
