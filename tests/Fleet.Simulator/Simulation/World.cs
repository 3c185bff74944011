namespace Fluxgate.Simulation;

/// <summary>All that a run depends on. Two runs of one world are the same, byte for byte.</summary>
internal sealed record World
{
    public ulong Seed { get; init; } = 1;

    public int Members { get; init; } = 1_000;

    public int Zones { get; init; } = 1;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets the calls per second of each member.</summary>
    public double CallsPerSecond { get; init; } = 5;

    /// <summary>Gets the ratio of calls that fail in any case.</summary>
    public double ErrorRate { get; init; } = 0.002;

    public BreakerRule Rule { get; init; } = BreakerRule.Of(20, 0.5);

    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    public BreakDuration BreakDuration { get; init; } = BreakDuration.Fixed(TimeSpan.FromSeconds(15), jitter: 0.1);

    public Permit Permit { get; init; } = Permit.RampUp(0.1, 1, TimeSpan.FromSeconds(15));

    public FleetRules Rules { get; init; } = FleetRules.Default;

    public Design Design { get; init; } = new();

    public IReadOnlyList<Outage> Outages { get; init; } = [];

    /// <summary>Gets the calls per second that the dependency can bear at a time; <see langword="null"/> is any number.</summary>
    public Func<TimeSpan, double?> Capacity { get; init; } = _ => null;

    /// <summary>Gets the longest time of a message to the store.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Gets the ratio of messages to and from the store that are lost.</summary>
    public double Loss { get; init; } = 0.005;

    /// <summary>Gets when members do not reach the store.</summary>
    public IReadOnlyList<Outage> Cuts { get; init; } = [];

    /// <summary>Gets when members stand still: none of their calls, timers and exchanges goes on.</summary>
    public IReadOnlyList<Outage> Pauses { get; init; } = [];

    /// <summary>Gets when probers die: at this time, all members that hold a probe lease stand still for ever.</summary>
    public TimeSpan? ProbersDieAt { get; init; }

    /// <summary>Gets the manual state of a member, or <see langword="null"/>.</summary>
    public Func<MemberPlace, BreakerState?> Manual { get; init; } = _ => null;

    /// <summary>Gets the most that a wall clock is wrong.</summary>
    public TimeSpan WallSkew { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Gets the most that a monotonic clock is too fast or too slow.</summary>
    public double Drift { get; init; } = 0.0005;

    /// <summary>Gets the calls per second that all callers ask for.</summary>
    public double Demand => Members * CallsPerSecond;
}

/// <summary>Which parts of the fleet a run has. The first designs that failed are here, and nowhere in the rules.</summary>
internal sealed record Design
{
    /// <summary>Gets whether members exchange anything with the store.</summary>
    public bool HasStore { get; init; } = true;

    /// <summary>Gets whether members open when the fleet trips.</summary>
    public bool Follows { get; init; } = true;

    /// <summary>Gets whether a member asks the fleet before it begins to probe.</summary>
    public bool Gates { get; init; } = true;

    /// <summary>Gets which openings of a circuit a member reports as votes.</summary>
    public VoteKind Votes { get; init; }
}

/// <summary>The openings of a circuit that are votes.</summary>
internal enum VoteKind
{
    /// <summary>Closed to open by the member's own rule.</summary>
    Own = 0,

    /// <summary>Also those that the fleet caused.</summary>
    Echoes = 1,

    /// <summary>Also half-open to open.</summary>
    FailedProbes = 2,
}
