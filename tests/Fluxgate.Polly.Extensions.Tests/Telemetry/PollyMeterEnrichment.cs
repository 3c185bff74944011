using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Registry;
using Polly.Retry;
using Polly.Telemetry;

namespace Fluxgate;

/// <summary>Checks the circuit's name and state on the metrics of Polly.Extensions.</summary>
public sealed class PollyMeterEnrichment
{
    private readonly VirtualTime _time = new();

    [Fact]
    public async Task Transitions_of_container_breakers_have_circuit_name_and_new_state()
    {
        using var meter = new PollyMeter("metered");
        await using var services = Services("metered");
        var pipeline = services.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline("metered");

        await pipeline.FailAsync();
        _time.Advance(TimeSpan.FromSeconds(60));
        await pipeline.SucceedAsync();

        Assert.Equal(["stock", "stock", "stock"], meter.Ours("circuit.name"));
        Assert.Equal(["open", "half_open", "closed"], meter.Ours("circuit.state"));
    }

    [Fact]
    public async Task Events_of_a_rejection_have_circuit_name_and_rejecting_state()
    {
        using var meter = new PollyMeter("retried");
        await using var services = Services(
            "retried",
            builder => builder.AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 1, Delay = TimeSpan.Zero })
        );
        services.GetRequiredService<FluxgateBreakers>()["stock"].ForceOpen();
        var pipeline = services.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline("retried");

        await pipeline.RejectedAsync();

        var retry = Assert.Single(meter.Events, tags => Equals(tags["event.name"], "OnRetry"));
        Assert.Equal(("stock", "forced_open"), (retry["circuit.name"], retry["circuit.state"]));
    }

    [Fact]
    public async Task Events_without_a_circuit_are_unchanged()
    {
        using var meter = new PollyMeter("left alone");
        await using var services = Services(
            "left alone",
            builder => builder.AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 1, Delay = TimeSpan.Zero })
        );
        services.GetRequiredService<FluxgateBreakers>()["stock"].Disable();

        await services.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline("left alone").FailAsync();

        Assert.All(meter.Events, tags => Assert.DoesNotContain("circuit.name", tags));
        Assert.Contains(meter.Events, tags => Equals(tags["event.name"], "OnRetry"));
    }

    [Fact]
    public async Task The_enricher_is_added_once()
    {
        await using var services = Services("once");
        services.GetRequiredService<FluxgateBreakers>();

        var telemetry = services.GetRequiredService<Microsoft.Extensions.Options.IOptions<TelemetryOptions>>().Value;

        Assert.Single(telemetry.MeteringEnrichers.OfType<FluxgateMeteringEnricher>());
    }

    [Fact]
    public async Task A_pipeline_outside_a_container_can_be_enriched()
    {
        using var meter = new PollyMeter("enriched by hand");
        using var breaker = new FluxgateBreaker("stock", new BoundRules().ToSettings());
        var pipeline = new ResiliencePipelineBuilder { Name = "enriched by hand" }
            .ConfigureTelemetry(new TelemetryOptions { MeteringEnrichers = { new FluxgateMeteringEnricher() } })
            .AddFluxgateBreaker(breaker)
            .Build();

        await pipeline.FailAsync();

        Assert.Equal(["stock"], meter.Ours("circuit.name"));
        Assert.Equal(["open"], meter.Ours("circuit.state"));
    }

    private ServiceProvider Services(string pipeline, Action<ResiliencePipelineBuilder>? outside = null)
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_time).AddLogging();
        services.AddFluxgate();
        services
            .AddFluxgate()
            .AddBreaker(
                "stock",
                settings =>
                    (settings.Tripper, settings.Recovery, settings.Permit) = (Tripper.FailureStreak(1), Recovery.AfterProbes(1), Permit.All)
            );
        services.AddResiliencePipeline(
            pipeline,
            (builder, context) =>
            {
                outside?.Invoke(builder);
                builder.AddFluxgateBreaker(context, "stock");
            }
        );
        return services.BuildServiceProvider();
    }
}
