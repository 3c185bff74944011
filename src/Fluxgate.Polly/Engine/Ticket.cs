using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// The data of a call from its admission to its result, or the phase that rejected it. It occupies two words, so that it stays in registers.
/// </summary>
internal readonly struct Ticket
{
    // A phase, or a probe, which refers to its phase.
    private readonly object? _holder;

    public Ticket(Phase phase, CallStart start) => (_holder, Start) = (phase, start);

    public Ticket(Probe probe, CallStart start) => (_holder, Start) = (probe, start);

    /// <summary>Gets a value that indicates whether the ticket is empty: no phase has counted the call.</summary>
    public bool IsNone => _holder is null;

    public CallStart Start { get; }

    public Probe? Probe => _holder as Probe;

    public Phase Phase => _holder is Probe probe ? probe.Phase : Unsafe.As<Phase>(_holder!);

    /// <summary>Returns how long the call took. A call that is timed only in case its caller abandons it took zero ticks, like an untimed one.</summary>
    public CallTime Elapsed(Clock clock, long givenTicks) =>
        givenTicks >= 0 || Phase.TimesCalls ? Start.Elapsed(clock, givenTicks) : default;

    /// <summary>Settles the call in its phase, or in the object that continues the phase after a reconfiguration.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="durationTicks">The duration of the call in ticks of 100 ns, or <see cref="StateMachine.Unmeasured"/>.</param>
    /// <param name="breakTicks">The break duration in ticks of 100 ns if this call opens the circuit; 0 for the configured duration.</param>
    /// <returns>The transition that this call caused, or <see langword="null"/>.</returns>
    public Signal? Settle(Verdict verdict, long durationTicks = StateMachine.Unmeasured, long breakTicks = 0)
    {
        if (_holder is ClosedPhase { InFlight: { } calls } closed)
        {
            // Before the call is recorded, so that no evaluation counts it twice.
            if (calls.End(Start))
            {
                closed.Machine.AddStale(closed, this, verdict, durationTicks);
                return null;
            }

            if (!closed.IsContinued)
            {
                return closed.Settle(this, verdict, durationTicks, breakTicks);
            }
        }

        var phase = Phase;
        return (phase.IsContinued ? phase.Machine.Latest(phase) : phase).Settle(this, verdict, durationTicks, breakTicks);
    }

    /// <summary>Settles a call that its caller abandoned: as a failure if it waited for long, else as ignored.</summary>
    public Signal? SettleAbandoned()
    {
        if (Phase.State == BreakerState.Disabled)
        {
            return null;
        }

        var machine = Phase.Machine;
        var verdict = machine.IsFailure(this) ? Verdict.Failure : Verdict.Ignored;
        machine.Totals.AddAbandoned(verdict);
        return Settle(verdict, breakTicks: verdict == Verdict.Failure ? StateMachine.AbandonedCall : 0);
    }
}
