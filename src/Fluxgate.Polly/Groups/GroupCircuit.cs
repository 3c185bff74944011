namespace Fluxgate;

/// <summary>What a reading of a group shows of the circuit of one key. References neither the circuit nor the group.</summary>
/// <param name="Key">The key.</param>
/// <param name="Number">The number of the circuit in the process. A circuit that is created again after its eviction has another one.</param>
/// <param name="State">The state.</param>
/// <param name="History">The numbers of transitions.</param>
/// <param name="Failures">The number of failures.</param>
/// <param name="Rejected">The number of rejections.</param>
internal readonly record struct GroupCircuit(string Key, long Number, BreakerState State, History History, long Failures, long Rejected)
{
    public GroupCircuit(GroupMember member, Phase phase, in TotalsReading totals)
        : this(member.Key!, member.Number, phase.State, phase.History, totals.Failures, totals.Rejected.Sum()) { }

    /// <summary>Compares the condition of two circuits, the worse one first: by state, by failures and rejections, and by key.</summary>
    public static int CompareCondition(GroupCircuit one, GroupCircuit other)
    {
        var states = Rank(one.State).CompareTo(Rank(other.State));
        var counts = states != 0 ? states : (other.Failures + other.Rejected).CompareTo(one.Failures + one.Rejected);
        return counts != 0 ? counts : string.CompareOrdinal(one.Key, other.Key);
    }

    private static int Rank(BreakerState state) =>
        state switch
        {
            BreakerState.Open => 0,
            BreakerState.ForcedOpen => 1,
            BreakerState.HalfOpen => 2,
            BreakerState.MetricsOnly => 3,
            BreakerState.Disabled => 4,
            _ => 5,
        };
}
