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

    public Phase Phase
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)] // A call would take the address of the ticket.
        get => _holder is Probe probe ? probe.Phase : Unsafe.As<Phase>(_holder!);
    }

    public UserCode UserCode => Phase.Machine.UserCode;

    /// <summary>Returns how long the call took. Returns zero ticks for a call that is timed only for abandonment, as for an untimed call.</summary>
    public CallTime Elapsed(Clock clock, long givenTicks) =>
        givenTicks >= 0 || Phase.TimesCalls ? Start.Elapsed(clock, givenTicks) : default;

    /// <summary>Settles the call in its phase, or in the object that continues the phase.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="durationTicks">The duration of the call in ticks of 100 ns, or <see cref="StateMachine.Unmeasured"/>.</param>
    /// <param name="hint">What the call says about the trip that it may cause.</param>
    /// <param name="isSpent">Whether the call was evidence of a would-trip before it made progress, so that its result is stale.</param>
    /// <returns>The transition that this call caused, or <see langword="null"/>.</returns>
    public Signal? Settle(Verdict verdict, long durationTicks = StateMachine.Unmeasured, TripHint hint = default, bool isSpent = false)
    {
        if (_holder is ClosedPhase closed)
        {
            // Before the call is recorded, so that no evaluation counts it twice.
            if ((closed.InFlight is { } calls && calls.End(Start)) || isSpent)
            {
                return closed.Machine.SettleStale(closed, this, verdict, durationTicks);
            }

            if (!closed.IsReconfigured)
            {
                return closed.Settle(this, verdict, durationTicks, hint);
            }
        }

        var phase = Phase;
        return (phase.IsReconfigured ? phase.Machine.Latest(phase) : phase).Settle(this, verdict, durationTicks, hint);
    }

    /// <summary>Settles a call that its caller abandoned: as a failure after a long wait, as a success if it made progress, and otherwise as ignored. Ignores every call while the application stops, even after progress.</summary>
    /// <remarks>Static, so that the tickets of other calls stay in registers.</remarks>
    /// <param name="abandoned">The ticket of the call.</param>
    /// <param name="durationTicks">The duration of the call in ticks of 100 ns, or <see cref="StateMachine.Unmeasured"/>.</param>
    /// <param name="hasProgressed">Whether the call has made progress. If it did not wait for long, it is then a success.</param>
    /// <param name="isSpent">Whether the call was evidence of a would-trip before it made progress, so that its result is stale.</param>
    public static Signal? SettleAbandoned(
        Ticket abandoned,
        long durationTicks = StateMachine.Unmeasured,
        bool hasProgressed = false,
        bool isSpent = false
    )
    {
        var phase = abandoned.Phase;
        if (phase.State == BreakerState.Disabled)
        {
            return null;
        }

        var machine = phase.Machine;
        var isStopping = machine.Stopping.IsCancellationRequested;
        var after = machine.Latest(phase).Rules.AbandonedAfterTicks;
        if (!isStopping && after != long.MaxValue && abandoned.Start.IsTimed && abandoned.Waited >= after)
        {
            machine.Totals.AddAbandoned(Verdict.Failure);
            return abandoned.Settle(Verdict.Failure, durationTicks, TripHint.Abandoned, isSpent);
        }

        if (hasProgressed && !isStopping)
        {
            return abandoned.Settle(Verdict.Success, durationTicks, isSpent: isSpent);
        }

        machine.Totals.AddAbandoned(Verdict.Ignored);
        return abandoned.Settle(Verdict.Ignored, durationTicks, isSpent: isSpent);
    }

    /// <summary>Gets how long the call has waited since its start or since <see cref="Resume"/>, in ticks of 100 ns; 0 if calls are not timed.</summary>
    public long Waited => Start.Elapsed(Phase.Machine.Clock, StateMachine.Unmeasured).Ticks;

    /// <summary>Ends a wait of the call. Until <see cref="Resume"/> it is not in flight, so it cannot become overdue. The lease of a probe begins again.</summary>
    /// <param name="isSpent">Whether the call was evidence of a would-trip in this wait; see <see cref="CallsInFlight.End"/>.</param>
    /// <returns>How long it waited.</returns>
    public long Pause(out bool isSpent)
    {
        isSpent = false;
        var waited = Waited;
        if (Probe is { } probe)
        {
            probe.Phase.Renew(probe);
        }
        else if (_holder is ClosedPhase { InFlight: { } calls })
        {
            isSpent = calls.End(Start);
        }

        return waited;
    }

    /// <summary>Begins another wait of a call.</summary>
    /// <param name="toEvaluate">The phase of which more calls are overdue than before, so that the caller has it evaluate its rule.</param>
    /// <returns>The ticket with which the call goes on.</returns>
    public Ticket Resume(out ClosedPhase? toEvaluate)
    {
        toEvaluate = null;
        var clock = Phase.Machine.Clock;
        var again = Start.Restarted(clock);
        if (_holder is ClosedPhase { InFlight: { } calls } closed)
        {
            while (!calls.TryResume(again))
            {
                toEvaluate = calls.Open(closed.History.WouldTrips) ? closed : toEvaluate;
                again = Start.Restarted(clock);
            }
        }

        return Probe is { } probe ? new(probe, again) : new(Phase, again);
    }
}
