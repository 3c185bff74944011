namespace Fluxgate;

/// <summary>
/// The notice that all places of a group are taken, so that further keys share one breaker. The shared breaker raises it once, and again after
/// the group has had a free place.
/// </summary>
public sealed class GroupFullNotice : Notice
{
    internal GroupFullNotice(string circuitName, DateTimeOffset timestamp, string groupName, int maxBreakers)
        : base(circuitName, timestamp) => (GroupName, MaxBreakers) = (groupName, maxBreakers);

    /// <summary>Gets the name of the group.</summary>
    public string GroupName { get; }

    /// <summary>Gets the number of places.</summary>
    public int MaxBreakers { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        OneLine.Of($"{GroupName}: all {RuleText.Number(MaxBreakers)} places are taken, so further keys share the breaker '{CircuitName}'");
}
