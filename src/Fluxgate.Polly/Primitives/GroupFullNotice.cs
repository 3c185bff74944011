namespace Fluxgate;

/// <summary>
/// The notice that a group is full, so that further keys share one breaker. The shared breaker raises it when the group becomes full, and again
/// when the group becomes full after an eviction.
/// </summary>
public sealed class GroupFullNotice : Notice
{
    internal GroupFullNotice(string circuitName, DateTimeOffset timestamp, string groupName, int maxBreakers)
        : base(circuitName, timestamp) => (GroupName, MaxBreakers) = (groupName, maxBreakers);

    /// <summary>Gets the name of the group.</summary>
    public string GroupName { get; }

    /// <summary>Gets the maximum number of keys that have a breaker of their own.</summary>
    public int MaxBreakers { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        OneLine.Of($"{GroupName}: all {RuleText.Number(MaxBreakers)} places are taken, so further keys share the breaker '{CircuitName}'");
}
