using Polly.Telemetry;

namespace Fluxgate;

/// <summary>
/// Adds the tags <c>circuit.name</c> and <c>circuit.state</c> to the metrics of Polly.Extensions. The events of a transition have the new state.
/// Attempts, fallbacks and pipelines that end with a rejection have the state that rejected the call.
/// </summary>
/// <remarks>
/// <c>services.AddFluxgate()</c> adds it to the pipelines of the container. For a builder outside a container, add it to
/// <see cref="TelemetryOptions.MeteringEnrichers"/>. Thread-safe. Allocates nothing.
/// </remarks>
public sealed class FluxgateMeteringEnricher : MeteringEnricher
{
    /// <summary>The name of the tag with the circuit's name.</summary>
    public const string NameTag = "circuit.name";

    /// <summary>The name of the tag with the state of the circuit, such as <c>open</c> or <c>half_open</c>.</summary>
    public const string StateTag = "circuit.state";

    /// <inheritdoc/>
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
            Add(context.Tags, signal.CircuitName, signal.NewState);
        }
        else if (context.TelemetryEvent.Outcome?.Exception is CallNotPermittedException rejection)
        {
            Add(context.Tags, rejection.CircuitName, rejection.State);
        }
    }

    private static void Add(IList<KeyValuePair<string, object?>> tags, string name, BreakerState state)
    {
        tags.Add(new(NameTag, name));
        tags.Add(new(StateTag, state.ToLabel()));
    }
}
