namespace Fluxgate;

/// <summary>The place of a circuit in a group of circuits, one for each key, as far as its state machine needs to know it.</summary>
internal abstract class Membership
{
    public abstract string GroupName { get; }

    /// <summary>Gets the name of the circuit, which is composed at each call: circuits that are never reported keep no name.</summary>
    public abstract string CircuitName { get; }

    /// <summary>Gets the key of the circuit, or <see langword="null"/> if it is the shared circuit, which serves the keys that have no circuit of their own.</summary>
    public abstract string? Key { get; }

    /// <summary>Gets the circuit that the key has now; <see langword="null"/> if it has none.</summary>
    public abstract StateMachine? Current { get; }

    /// <summary>Returns the circuit that replaces this one after its group has evicted it.</summary>
    /// <param name="evenIfFull">Whether the key receives a circuit of its own although all places of the group are taken. If not, the shared circuit replaces this one.</param>
    public abstract StateMachine Successor(bool evenIfFull);

    /// <summary>Claims the right of a closed circuit to open because of its calls.</summary>
    /// <param name="limit">Why the circuit must stay closed.</param>
    /// <returns><see langword="false"/> if too many circuits of the group are open.</returns>
    public abstract bool TryClaimTrip(out string limit);

    /// <summary>Returns a claim of a circuit that did not open after all.</summary>
    public abstract void ReturnClaim();

    /// <summary>Receives each transition after it was made, except a trip that used a claim. Concurrent transitions can arrive in any order.</summary>
    public abstract void OnTransition(BreakerState from, BreakerState to);
}
