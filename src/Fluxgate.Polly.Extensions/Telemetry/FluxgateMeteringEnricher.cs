using Polly.Telemetry;

namespace Fluxgate;

/// <summary>
/// Adds the circuit to the metrics of Polly.Extensions: <c>circuit.name</c> and <c>circuit.state</c>, a label as in our metrics. They are on
/// the events of a breaker's transitions, with the new state, and on everything that ends with a rejection, with the state that rejected:
/// attempts, fallbacks and the pipeline as a whole.
/// </summary>
/// <remarks>
/// <c>services.AddFluxgate()</c> adds it for the pipelines of the container. For a builder outside of one, add it to
/// <see cref="TelemetryOptions.MeteringEnrichers"/>. Safe for use by many threads at once. It allocates nothing.
/// </remarks>
public sealed class FluxgateMeteringEnricher : MeteringEnricher
{
    /// <summary>The tag with the circuit's name.</summary>
    public const string NameTag = "circuit.name";

    /// <summary>The tag with the circuit's state: <c>open</c>, <c>half_open</c> and so on.</summary>
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
