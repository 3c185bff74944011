using Polly;

namespace Fluxgate;

#pragma warning disable CA1815 // As Polly's own arguments, which nobody compares.

/// <summary>The arguments of Polly's telemetry event <c>Fluxgate.OnHalfOpened</c>: a call made the circuit half-open.</summary>
public readonly struct FluxgateHalfOpenedArguments
{
    /// <summary>Initializes a new instance of the <see cref="FluxgateHalfOpenedArguments"/> struct.</summary>
    /// <param name="context">The context of the call.</param>
    /// <param name="signal">The transition.</param>
    public FluxgateHalfOpenedArguments(ResilienceContext context, Signal signal)
    {
        Context = context;
        Signal = signal;
    }

    /// <summary>The context of the call that caused the transition.</summary>
    public ResilienceContext Context { get; }

    /// <summary>The transition.</summary>
    public Signal Signal { get; }
}
