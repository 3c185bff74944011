namespace Fluxgate;

/// <summary>The numbers of the fleet's rules. Immutable.</summary>
internal sealed record FleetRules
{
    public static FleetRules Default { get; } = new();

    /// <summary>Gets the time between two exchanges of a member with the store. Default 1 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets the intervals between two looks of the leader. Default 1.1: a decision reaches all members within one interval and its effect is reported
    /// within the next, so that the second look sees all of it.
    /// </summary>
    public double LeaderIntervals { get; init; } = 1.1;

    /// <summary>Gets the number of intervals without progress after which a digest or a summary is out of date. Default 3.</summary>
    public int StaleAfter { get; init; } = 3;

    /// <summary>Gets the smallest ratio of live members to known ones at which the fleet may decide. Default 0.5.</summary>
    public double Majority { get; init; } = 0.5;

    /// <summary>Gets the fewest votes of a quorum. Default 3.</summary>
    public int QuorumMinimum { get; init; } = 3;

    /// <summary>Gets the ratio of the eligible members that is a quorum. Default 0.3.</summary>
    public double QuorumRatio { get; init; } = 0.3;

    /// <summary>Gets how long a vote counts. Default 10 s.</summary>
    public TimeSpan VoteLifetime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets the number of zones with a quorum at which the whole fleet trips. Default 2.</summary>
    public int ZonesOfFleet { get; init; } = 2;

    /// <summary>Gets the factor by which a member's failures must stay below its rule for a veto; 0 for no veto. Default 2.</summary>
    public int VetoFactor { get; init; } = 2;

    /// <summary>Gets the window of the fleet's sums; zero if the fleet judges none. Default 5 s.</summary>
    public TimeSpan SharedWindow { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets the number of members of a scope that may begin to probe at once. Default 5.</summary>
    public int Probers { get; init; } = 5;

    /// <summary>Gets the time to live of a probe lease. Default 10 s.</summary>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets the share of members up to which the cohort doubles. Default 0.1.</summary>
    public double DoubleUntil { get; init; } = 0.1;

    /// <summary>Gets the factor by which the cohort grows above <see cref="DoubleUntil"/>. Default 1.1.</summary>
    public double Growth { get; init; } = 1.1;

    /// <summary>Gets the failure rate above the usual one below which the cohort grows. Default 0.03.</summary>
    public double GrowBelow { get; init; } = 0.03;

    /// <summary>Gets the failure rate above the usual one from which the cohort shrinks; 1 for never. Default 0.06.</summary>
    public double ShrinkAbove { get; init; } = 0.06;

    /// <summary>Gets the number of intervals for which the cohort does not grow after it shrank. Default 15.</summary>
    public int HoldAfterShrinking { get; init; } = 15;

    /// <summary>Gets the ratio of the cohort whose load must be there before the cohort grows. Default 0.9.</summary>
    public double ProvenRatio { get; init; } = 0.9;

    /// <summary>Gets the fewest calls of the cohort that prove something. Default 5.</summary>
    public int ProvenCalls { get; init; } = 5;

    /// <summary>Gets the number of members that begin to probe each second while the store is gone. Default 15.</summary>
    public double LoneProbersPerSecond { get; init; } = 15;

    /// <summary>Gets the age at which a digest or a summary is out of date.</summary>
    public TimeSpan Stale => Interval * StaleAfter;

    /// <summary>Gets one message for each number that is out of range.</summary>
    public IReadOnlyList<string> Errors =>
        [
            .. Positive(nameof(Interval), Interval),
            .. LeaderIntervals >= 1 ? [] : new[] { $"{nameof(LeaderIntervals)} must be at least 1, but is {LeaderIntervals}." },
            .. AtLeast(nameof(StaleAfter), StaleAfter, 1),
            .. Ratio(nameof(Majority), Majority),
            .. AtLeast(nameof(QuorumMinimum), QuorumMinimum, 1),
            .. Ratio(nameof(QuorumRatio), QuorumRatio),
            .. Positive(nameof(VoteLifetime), VoteLifetime),
            .. AtLeast(nameof(ZonesOfFleet), ZonesOfFleet, 1),
            .. AtLeast(nameof(VetoFactor), VetoFactor, 0),
            .. AtLeast(nameof(Probers), Probers, 1),
            .. Positive(nameof(LeaseTime), LeaseTime),
            .. Ratio(nameof(DoubleUntil), DoubleUntil),
            .. Growth > 1 ? [] : new[] { $"{nameof(Growth)} must be greater than 1, but is {Growth}." },
            .. Ratio(nameof(GrowBelow), GrowBelow),
            .. Ratio(nameof(ShrinkAbove), ShrinkAbove),
            .. GrowBelow < ShrinkAbove
                ? []
                : new[] { $"{nameof(GrowBelow)} must be below {nameof(ShrinkAbove)} ({ShrinkAbove}), but is {GrowBelow}." },
            .. AtLeast(nameof(HoldAfterShrinking), HoldAfterShrinking, 0),
            .. Ratio(nameof(ProvenRatio), ProvenRatio),
            .. AtLeast(nameof(ProvenCalls), ProvenCalls, 1),
            .. LoneProbersPerSecond > 0
                ? []
                : new[] { $"{nameof(LoneProbersPerSecond)} must be greater than 0, but is {LoneProbersPerSecond}." },
        ];

    private static IEnumerable<string> Positive(string name, TimeSpan value) =>
        value > TimeSpan.Zero ? [] : [$"{name} must be greater than zero, but is {value}."];

    private static IEnumerable<string> AtLeast(string name, int value, int least) =>
        value >= least ? [] : [$"{name} must be at least {least}, but is {value}."];

    private static IEnumerable<string> Ratio(string name, double value) =>
        value is >= 0 and <= 1 ? [] : [$"{name} must be 0 to 1, but is {value}."];
}
