using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>What the engine keeps of a call from its admission to its result, or the phase that rejected it. Two words, so that it stays in registers.</summary>
internal readonly struct Ticket
{
    // A phase, or the lease of a probe, which knows its phase.
    private readonly object? _holder;

    public Ticket(Phase phase, CallStart start) => (_holder, Start) = (phase, start);

    public Ticket(Probe probe, CallStart start) => (_holder, Start) = (probe, start);

    /// <summary>Gets whether no phase counts the call.</summary>
    public bool IsNone => _holder is null;

    public CallStart Start { get; }

    public Probe? Probe => _holder as Probe;

    public Phase Phase => _holder is Probe probe ? probe.Phase : Unsafe.As<Phase>(_holder!);

    /// <summary>Settles the call in its phase, or in the object in which a reconfiguration continues that phase.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="durationTicks">How long it took in ticks of 100 ns, or <see cref="StateMachine.Unmeasured"/>.</param>
    /// <param name="breakTicks">How long to break if this call opens the circuit, in ticks of 100 ns; 0 for the configured duration.</param>
    /// <returns>The transition that this call caused, if any.</returns>
    public Signal? Settle(Verdict verdict, long durationTicks = StateMachine.Unmeasured, long breakTicks = 0)
    {
        var phase = Phase;
        return (phase.IsContinued ? phase.Machine.Latest(phase) : phase).Settle(this, verdict, durationTicks, breakTicks);
    }
}
