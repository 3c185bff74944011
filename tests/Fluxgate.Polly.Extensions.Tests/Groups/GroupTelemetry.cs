using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Registry;

namespace Fluxgate;

/// <summary>Checks the circuit's name and state on the metrics of Polly.Extensions for the breakers of a group.</summary>
public sealed class GroupTelemetry
{
    [Fact]
    public async Task Transitions_and_rejections_have_the_name_of_the_keys_circuit()
    {
        using var meter = new PollyMeter("grouped");
        var services = new ServiceCollection().AddLogging();
        services.AddFluxgate().AddBreakerGroup("tenants", group => group.Settings.Tripper = Tripper.FailureStreak(1));
        services.AddResiliencePipeline(
            "grouped",
            (builder, context) =>
                builder
                    .AddRetry(new() { MaxRetryAttempts = 2, Delay = TimeSpan.Zero })
                    .AddFluxgateBreaker(context, "tenants", call => call.OperationKey)
        );
        await using var provider = services.BuildServiceProvider();
        var pipeline = provider.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline("grouped");

        await Assert.ThrowsAsync<CallNotPermittedException>(async () =>
        {
            var context = ResilienceContextPool.Shared.Get("acme");
            await pipeline.ExecuteAsync(_ => throw new NotSupportedException(), context);
        });

        Assert.Equal(["tenants/acme"], meter.Ours("circuit.name"));
        Assert.Equal(["open"], meter.Ours("circuit.state"));
        Assert.Contains(
            meter.Events,
            tags => Equals(tags["event.name"], "OnRetry") && Equals(tags.GetValueOrDefault("circuit.name"), "tenants/acme")
        );
    }
}
