using Microsoft.Extensions.Options;
using Polly.Telemetry;

namespace Fluxgate;

/// <summary>Adds <see cref="FluxgateMeteringEnricher"/> to the telemetry of the container's pipelines.</summary>
internal sealed class MeteringEnricherSetup : IConfigureOptions<TelemetryOptions>
{
    public void Configure(TelemetryOptions options) => options.MeteringEnrichers.Add(new FluxgateMeteringEnricher());
}
