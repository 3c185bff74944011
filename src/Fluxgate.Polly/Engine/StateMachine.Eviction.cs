namespace Fluxgate;

/// <content>The end of a circuit whose group evicts it.</content>
internal sealed partial class StateMachine
{
    /// <summary>Gets the place of the circuit in its group, or <see langword="null"/> if it belongs to no group.</summary>
    public Membership? Membership { get; }

    public bool IsEvicted => Phase is EvictedPhase;

    /// <summary>Returns the state machine for a manual call: this one, or after an eviction one that acts for the key alone, never for the keys that share.</summary>
    public StateMachine ForCommands() => IsEvicted ? Membership!.Successor(evenIfFull: true) : this;

    /// <summary>Gets the state machine to read or to change without creating one: this one, or after an eviction the one that its group has for the key, if there is one.</summary>
    public StateMachine CurrentOrThis => IsEvicted ? Membership!.Current ?? this : this;

    /// <summary>Ends the circuit, unless it left a phase meanwhile. No call is admitted afterwards; calls in flight settle as stale.</summary>
    public bool TryEvict(Phase from)
    {
        var next = new EvictedPhase(new(this, from.Rules, from.Number + 1, from.History, Reason.Initial, Clock.Now, Clock.UtcNow, from));
        if (from is EvictedPhase || !TryReplace(from, next, message: null))
        {
            return false;
        }

        Membership!.OnTransition(from.State, next.State);
        Totals.Fold(next);
        return true;
    }

    /// <summary>Ends the counting of an evicted circuit, unless calls are in flight.</summary>
    /// <param name="late">Receives what is counted afterwards, such as a rejection that was under way.</param>
    /// <param name="totals">The final totals.</param>
    /// <returns><see langword="false"/> if calls are in flight.</returns>
    public bool TryRetire(Totals late, out TotalsReading totals) => Totals.TryRetire(_timeline.Phase, late, out totals);

    /// <summary>Reads the totals and the phase as of one moment, without the window, and therefore without user code.</summary>
    public TotalsReading ReadTotals(out Phase phase)
    {
        TotalsReading totals;
        do
        {
            phase = _timeline.Phase;
        } while (!Totals.TryRead(_timeline, phase, out totals));

        return totals;
    }
}
