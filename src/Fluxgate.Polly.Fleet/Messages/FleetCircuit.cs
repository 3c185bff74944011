namespace Fluxgate;

/// <summary>One circuit of a fleet: the sums over the live members that have it. Immutable.</summary>
public sealed record FleetCircuit
{
    /// <summary>Gets the circuit's name; that of a key of a group is <c>group/key</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the name of the group that the circuit belongs to, or <see langword="null"/> if it belongs to none.</summary>
    public string? Group { get; init; }

    /// <summary>Gets the numbers of members by state, in the order of <see cref="BreakerState"/>.</summary>
    internal int[] States { get; init; } = new int[6];

    /// <summary>Gets the number of live members that have the circuit.</summary>
    public int Members => States.Sum();

    /// <summary>Gets the number of members in which the circuit is in a different state than a directive requires.</summary>
    public int Divergent { get; init; }

    /// <summary>Gets the number of different rules that members have for it. More than 1 during a deployment.</summary>
    public int Rules { get; init; }

    /// <summary>Gets the calls in the latest digest of each member.</summary>
    public FleetCalls Calls { get; init; }

    /// <summary>Gets the slow calls in the latest digest of each member, by threshold.</summary>
    public IReadOnlyList<FleetSlowCalls> SlowCalls { get; init; } = [];

    /// <summary>Returns the number of live members in which the circuit is in a state.</summary>
    /// <param name="state">The state.</param>
    /// <returns>The number; 0 for an unknown state.</returns>
    public int MembersIn(BreakerState state) => (uint)state < (uint)States.Length ? States[(int)state] : 0;
}
