using Microsoft.Extensions.Options;
using Polly.Telemetry;

namespace Fluxgate;

/// <summary>Adds the circuit to the metrics of the container's pipelines.</summary>
internal sealed class CircuitsInPollysMetrics : IConfigureOptions<TelemetryOptions>
{
    public void Configure(TelemetryOptions options) => options.MeteringEnrichers.Add(new FluxgateMeteringEnricher());
}
