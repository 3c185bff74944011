using Polly;

namespace Fluxgate;

#pragma warning disable CA1815 // Like Polly's own arguments, these are never compared.

/// <summary>The arguments of Polly's telemetry event <c>Fluxgate.OnClosed</c>: a call closed the circuit.</summary>
public readonly struct FluxgateClosedArguments
{
    /// <summary>Initializes a new instance of the <see cref="FluxgateClosedArguments"/> struct.</summary>
    /// <param name="context">The context of the call.</param>
    /// <param name="signal">The transition.</param>
    public FluxgateClosedArguments(ResilienceContext context, Signal signal)
    {
        Context = context;
        Signal = signal;
    }

    /// <summary>Gets the context of the call that caused the transition.</summary>
    public ResilienceContext Context { get; }

    /// <summary>Gets the transition.</summary>
    public Signal Signal { get; }
}
