using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Registry;
using Polly.Telemetry;

namespace Fluxgate;

/// <summary>Checks transitions in the telemetry of Polly.Extensions: on the meter <c>Polly</c> and in the log.</summary>
public sealed class PollyTelemetry : IDisposable
{
    private readonly VirtualTime _time = new();
    private readonly TelemetryLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task An_outage_is_three_events_on_the_meter_of_Polly()
    {
        using var meter = new PollyMeter("an outage");
        await using var services = Services("an outage");

        await OutageAsync(Pipeline(services, "an outage"));

        Assert.Equal(["Fluxgate.OnOpened", "Fluxgate.OnHalfOpened", "Fluxgate.OnClosed"], meter.Ours("event.name"));
        Assert.Equal(["Error", "Warning", "Information"], meter.Ours("event.severity"));
        Assert.All(meter.Ours("strategy.name"), name => Assert.Equal("the breaker", name));
        Assert.All(meter.Ours("count"), count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task The_event_of_a_trip_has_exception_and_operation()
    {
        using var meter = new PollyMeter("a trip");
        await using var services = Services("a trip");
        var pipeline = Pipeline(services, "a trip");
        var context = ResilienceContextPool.Shared.Get("pay");

        await Assert.ThrowsAsync<IOException>(async () =>
            await pipeline.ExecuteAsync(static _ => ValueTask.FromException(new IOException()), context)
        );

        Assert.Equal(["System.IO.IOException"], meter.Ours("exception.type"));
        Assert.Equal(["pay"], meter.Ours("operation.key"));
        ResilienceContextPool.Shared.Return(context);
    }

    [Fact]
    public async Task Each_transition_is_a_log_entry_of_its_level()
    {
        await using var services = Services("logged");

        await OutageAsync(Pipeline(services, "logged"));

        var lines = _log.Lines.Where(line => line.Text.Contains("Fluxgate.", StringComparison.Ordinal)).ToArray();
        Assert.Equal([LogLevel.Error, LogLevel.Warning, LogLevel.Information], lines.Select(line => line.Level));
        Assert.All(lines, line => Assert.Equal("Polly", line.Category));
        Assert.Equal(
            "Resilience event occurred. EventName: 'Fluxgate.OnOpened', Source: 'logged/(null)/the breaker', Operation Key: '', Result: 'down'",
            lines[0].Text
        );
    }

    [Fact]
    public async Task An_enricher_reads_the_signal_from_the_arguments()
    {
        using var meter = new PollyMeter("enriched");
        await using var services = Services("enriched", telemetry => telemetry.MeteringEnrichers.Add(new CircuitEnricher()));

        await OutageAsync(Pipeline(services, "enriched"));

        Assert.Equal(["payments", "payments", "payments"], meter.Ours("circuit_name"));
        Assert.Equal(["FailureStreak 1 >= 1", "the break of 60s is over", "1 of 1 probes succeeded"], meter.Ours("reason"));
    }

    [Fact]
    public async Task A_custom_severity_applies_to_meter_and_log()
    {
        using var meter = new PollyMeter("less severe");
        await using var services = Services(
            "less severe",
            telemetry =>
                telemetry.SeverityProvider = arguments =>
                    arguments.Event.EventName == "Fluxgate.OnOpened" ? ResilienceEventSeverity.Critical : ResilienceEventSeverity.None
        );

        await OutageAsync(Pipeline(services, "less severe"));

        Assert.Equal(["Critical", "None", "None"], meter.Ours("event.severity"));
        Assert.Contains(
            _log.Lines,
            line => line.Level == LogLevel.Critical && line.Text.Contains("Fluxgate.OnOpened", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_telemetry_listener_receives_the_arguments()
    {
        var received = new Listener();
        await using var services = Services("received", telemetry => telemetry.TelemetryListeners.Add(received));

        await OutageAsync(Pipeline(services, "received"));

        Assert.Equal(["closed -> open", "open -> half_open", "half_open -> closed"], received.Transitions);
    }

    [Fact]
    public async Task A_builder_outside_the_container_reports_to_its_configured_telemetry()
    {
        using var meter = new PollyMeter("by hand");
        using var breaker = Breaker();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(_log));
        var pipeline = new ResiliencePipelineBuilder { Name = "by hand" }
            .ConfigureTelemetry(factory)
            .AddFluxgateBreaker(breaker)
            .Build();

        await pipeline.FailAsync();

        Assert.Equal(["Fluxgate.OnOpened"], meter.Ours("event.name"));
        Assert.Contains(_log.Lines, line => line.Text.Contains("Fluxgate.OnOpened", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_exception_of_an_enricher_is_counted_and_not_thrown()
    {
        using var meter = new PollyMeter("failing");
        await using var services = Services("failing", telemetry => telemetry.MeteringEnrichers.Add(new FailingEnricher()));
        var pipeline = Pipeline(services, "failing");
        var breaker = services.GetRequiredService<FluxgateBreaker>();

        // The first event of a transition comes from Fluxgate, during the call; Polly's own events about the whole pipeline would fail the caller.
        await pipeline.FailAsync();

        Assert.Equal(BreakerState.Open, breaker.State);
        Assert.Equal(1, breaker.Snapshot().UserErrors(UserErrorSource.Listener));
    }

    private static ResiliencePipeline Pipeline(IServiceProvider services, string name) =>
        services.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline(name);

    private async Task OutageAsync(ResiliencePipeline pipeline)
    {
        await pipeline.FailAsync();
        await pipeline.RejectedAsync();
        _time.Advance(TimeSpan.FromSeconds(60));
        await pipeline.SucceedAsync();
    }

    private FluxgateBreaker Breaker() => new("payments", new BoundRules().ToSettings(), _time);

    private ServiceProvider Services(string pipeline, Action<TelemetryOptions>? telemetry = null) =>
        new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_log))
            .AddSingleton(Breaker())
            .Configure<TelemetryOptions>(options => telemetry?.Invoke(options))
            .AddResiliencePipeline(
                pipeline,
                (builder, context) =>
                    builder.AddFluxgateBreaker(
                        new FluxgateBreakerOptions
                        {
                            Name = "the breaker",
                            Breaker = context.ServiceProvider.GetRequiredService<FluxgateBreaker>(),
                        }
                    )
            )
            .BuildServiceProvider();

    private sealed class CircuitEnricher : MeteringEnricher
    {
        public override void Enrich<TResult, TArgs>(in EnrichmentContext<TResult, TArgs> context)
        {
            var signal = context.TelemetryEvent.Arguments switch
            {
                FluxgateOpenedArguments opened => opened.Signal,
                FluxgateHalfOpenedArguments halfOpened => halfOpened.Signal,
                FluxgateClosedArguments closed => closed.Signal,
                _ => null,
            };
            if (signal is not null)
            {
                context.Tags.Add(new("circuit_name", signal.CircuitName));
                context.Tags.Add(new("reason", signal.Reason.Text));
            }
        }
    }

    private sealed class FailingEnricher : MeteringEnricher
    {
        public override void Enrich<TResult, TArgs>(in EnrichmentContext<TResult, TArgs> context)
        {
            if (context.TelemetryEvent.Arguments is FluxgateOpenedArguments)
            {
                throw new InvalidOperationException("an enricher that fails");
            }
        }
    }

    private sealed class Listener : TelemetryListener
    {
        public List<string> Transitions { get; } = [];

        public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
        {
            var signal = args.Arguments switch
            {
                FluxgateOpenedArguments opened => opened.Signal,
                FluxgateHalfOpenedArguments halfOpened => halfOpened.Signal,
                FluxgateClosedArguments closed => closed.Signal,
                _ => null,
            };
            if (signal is not null)
            {
                Transitions.Add($"{signal.OldState.ToLabel()} -> {signal.NewState.ToLabel()}");
            }
        }
    }
}
