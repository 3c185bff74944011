namespace Fluxgate;

/// <summary>The state of a group and the sums of its counts. Immutable. It does not keep the group alive.</summary>
public sealed class BreakerGroupSnapshot
{
    private readonly long[] _sharedCalls;
    private readonly int[] _states = new int[History.States];

    internal BreakerGroupSnapshot(BreakerGroup group, int worst)
    {
        var sums = group.ReadSums(out var members, out var circuits, out var evicted);
        (GroupName, Evicted) = (group.Name, evicted);
        (MaxBreakers, MaxKeySeries) = (group.Rules.Options.MaxBreakers, group.Rules.Options.MaxKeySeries);
        Circuits = circuits;
        foreach (var circuit in circuits)
        {
            _states[(int)circuit.State]++;
        }

        _sharedCalls = [.. Enum.GetValues<SharedCallReason>().Select(group.SharedCalls)];
        Shared = group.Shared.Snapshot();
        Sums = new(group.Name, sums, group.Shared.Machine.Durations?.Read() ?? []);
        Worst = worst == 0 ? [] : [.. WorstOf(circuits).Take(worst).Select(circuit => new BreakerSnapshot(members[circuit].Machine))];
    }

    /// <summary>Gets the group's name.</summary>
    public string GroupName { get; }

    /// <summary>Gets the number of keys that have a breaker.</summary>
    public int Count => Circuits.Count;

    /// <summary>Gets the maximum number of keys that have a breaker of their own.</summary>
    public int MaxBreakers { get; }

    /// <summary>Gets how many breakers were evicted since the group was created.</summary>
    public long Evicted { get; }

    /// <summary>Gets the snapshot of the shared breaker.</summary>
    public BreakerSnapshot Shared { get; }

    /// <summary>
    /// Gets the circuits in the worst condition, the worst first: open, forced open, half-open, metrics-only, disabled, closed; within a state,
    /// those with the most failures and rejections.
    /// </summary>
    public IReadOnlyList<BreakerSnapshot> Worst { get; }

    /// <summary>Gets the number of settled calls of all circuits since the group was created, those of evicted breakers and of the shared one included.</summary>
    public long Requests => Sums.Requests;

    /// <summary>Gets the number of calls that succeeded.</summary>
    public long Successes => Sums.Successes;

    /// <summary>Gets the number of calls that failed.</summary>
    public long Failures => Sums.Failures;

    /// <summary>Gets the number of calls that counted neither as a success nor as a failure.</summary>
    public long Ignored => Sums.Ignored;

    /// <summary>Gets the number of rejected calls.</summary>
    public long Rejected => Sums.Rejected;

    /// <summary>Gets the number of admitted calls that have not settled.</summary>
    public long InFlight => Sums.InFlight;

    /// <summary>Gets how often a rule fired without opening its circuit; see <see cref="BreakerSnapshot.WouldTrips"/>.</summary>
    public long WouldTrips => Sums.WouldTrips;

    /// <summary>Gets the number of transitions.</summary>
    public long SignalCount => Sums.SignalCount;

    /// <summary>Gets all counts of the group as those of one circuit, without a state and a window.</summary>
    internal BreakerSnapshot Sums { get; }

    internal IReadOnlyList<GroupCircuit> Circuits { get; }

    internal int MaxKeySeries { get; }

    /// <summary>Returns the number of keys whose circuits are in a state.</summary>
    /// <param name="state">The state.</param>
    /// <returns>The number.</returns>
    public int CircuitsIn(BreakerState state) => state.IsKnown() ? _states[(int)state] : 0;

    /// <summary>Returns how many look-ups led to the shared breaker for a reason since the group was created: one for each call of a pipeline, and for each <see cref="BreakerGroup.GetOrAdd"/>.</summary>
    /// <param name="reason">The reason.</param>
    /// <returns>The number.</returns>
    public long SharedCalls(SharedCallReason reason) => (uint)reason < (uint)_sharedCalls.Length ? _sharedCalls[(int)reason] : 0;

    /// <summary>Returns the total number of transitions of all circuits from one state to another.</summary>
    /// <param name="oldState">The old state.</param>
    /// <param name="newState">The new state.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is not one of the six states.</exception>
    public long Transitions(BreakerState oldState, BreakerState newState) => Sums.Transitions(oldState, newState);

    /// <summary>Returns one line for logs and debuggers.</summary>
    /// <returns>The name, the number of circuits, and how many of them are not closed.</returns>
    public override string ToString() =>
        OneLine.Of(
            $"{GroupName}: {RuleText.Number(Count - CircuitsIn(BreakerState.Closed))} of {RuleText.Number(Count)} circuits are not closed"
        );

    /// <summary>Returns the indexes of the circuits, the worst first.</summary>
    private static IEnumerable<int> WorstOf(GroupCircuit[] circuits) =>
        Enumerable
            .Range(0, circuits.Length)
            .OrderBy(circuit => circuits[circuit], Comparer<GroupCircuit>.Create(GroupCircuit.CompareCondition));
}
