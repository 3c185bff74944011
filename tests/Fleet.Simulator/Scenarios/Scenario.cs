using Fluxgate.Simulation;

namespace Fluxgate.Scenarios;

/// <summary>A story that runs can tell, for any number of members and any seed.</summary>
internal sealed record Scenario(string Name, string Help, int Members, Func<World, World> Change)
{
    private static readonly TimeSpan FailsAt = TimeSpan.FromSeconds(10);
    private static readonly BreakDuration ShortBreak = BreakDuration.Fixed(TimeSpan.FromSeconds(5), jitter: 0.1);
    private static readonly TimeSpan ForEver = TimeSpan.FromDays(1);

    private static readonly TimeSpan BlinkEnds = TimeSpan.FromSeconds(16);

    /// <summary>Gets when the dependency works again in most scenarios.</summary>
    public static TimeSpan UsuallyWorksAt { get; } = TimeSpan.FromSeconds(40);

    /// <summary>Gets when the dependency begins to fail, in every scenario.</summary>
    public static TimeSpan BeginsAt => FailsAt;

    /// <summary>Gets when the dependency works again, at least for some members; <see langword="null"/> if it does not.</summary>
    public TimeSpan? WorksAt { get; private init; }

    public static Scenario BadMember { get; } =
        new(
            "bad-member",
            "the dependency fails for one member, for the whole run",
            1_000,
            world => world with { Outages = [new(FailsAt, ForEver, member => member.Number == 0)] }
        );

    public static Scenario Outage { get; } =
        new("outage", "the dependency fails for all from 10 s to 40 s, then bears any load", 1_000, world => Failing(world, seconds: 160))
        {
            WorksAt = UsuallyWorksAt,
        };

    public static Scenario Step { get; } =
        new(
            "step",
            "as outage, but it bears 40 % of the load for 60 s, then any",
            1_000,
            world => Failing(world, seconds: 200, sinceWorks => sinceWorks < 60 ? 0.4 : null)
        )
        {
            WorksAt = UsuallyWorksAt,
        };

    public static Scenario Ramp { get; } =
        new(
            "ramp",
            "as outage, but what it bears grows from 10 % to all of the load in 90 s",
            1_000,
            world => Failing(world, seconds: 200, sinceWorks => sinceWorks < 90 ? 0.1 + (0.9 * sinceWorks / 90) : null)
        )
        {
            WorksAt = UsuallyWorksAt,
        };

    public static Scenario Saturated { get; } =
        new("saturated", "as outage, but it bears 60 % of the load and never more", 1_000, world => Failing(world, seconds: 200, _ => 0.6))
        {
            WorksAt = UsuallyWorksAt,
        };

    public static Scenario Dip { get; } =
        new(
            "dip",
            "as outage, but it bears 60 % of the load, 25 % from 100 s on, and any from 140 s on",
            1_000,
            world =>
                Failing(
                    world,
                    seconds: 240,
                    sinceWorks =>
                        sinceWorks < 60 ? 0.6
                        : sinceWorks < 100 ? 0.25
                        : null
                )
        )
        {
            WorksAt = UsuallyWorksAt,
        };

    public static Scenario Noisy { get; } =
        new(
            "noisy",
            "as outage, but 8 % of the calls fail at all times",
            1_000,
            world => Failing(world, seconds: 200) with { ErrorRate = 0.08 }
        )
        {
            WorksAt = UsuallyWorksAt,
        };

    public static Scenario Rough { get; } =
        new(
            "rough",
            "as saturated; 5 % of the messages are lost, others take up to 0.4 s, and a tenth of the members stands still from 60 s to 70 s",
            1_000,
            world =>
                Saturated.Change(world) with
                {
                    Loss = 0.05,
                    Latency = TimeSpan.FromSeconds(0.4),
                    Pauses = [new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(70), member => IsAmong(member, 0.1))],
                }
        )
        {
            WorksAt = UsuallyWorksAt,
        };

    public static Scenario Partial { get; } =
        new(
            "partial",
            "as outage, but it goes on failing for 35 % of the members; breaks last 5 s, and circuits close without a ramp",
            1_000,
            world =>
            {
                var failing = Failing(world, seconds: 200);
                return failing with
                {
                    CallsPerSecond = 2,
                    BreakDuration = ShortBreak,
                    Permit = Permit.All,
                    Outages = [.. failing.Outages, new(UsuallyWorksAt, ForEver, member => IsAmong(member, 0.35))],
                };
            }
        )
        {
            WorksAt = UsuallyWorksAt,
        };

    public static Scenario Blink { get; } =
        new(
            "blink",
            "the dependency fails for all from 10 s to 16 s; breaks last 5 s, and 10 probes close a circuit without a ramp",
            1_000,
            world =>
                world with
                {
                    BreakDuration = ShortBreak,
                    Permit = Permit.All,
                    Duration = TimeSpan.FromSeconds(120),
                    Outages = [new(FailsAt, BlinkEnds, _ => true)],
                }
        )
        {
            WorksAt = BlinkEnds,
        };

    public static Scenario LowTraffic { get; } =
        new(
            "low-traffic",
            "the dependency fails for all from 10 s on; members have 0.3 calls/s each",
            1_000,
            world => world with { CallsPerSecond = 0.3, Outages = [new(FailsAt, ForEver, _ => true)] }
        );

    public static Scenario Probes { get; } =
        new(
            "probes",
            "the dependency fails for all from 10 s on; at 40 s the members that probe die",
            500,
            world => world with { Outages = [new(FailsAt, ForEver, _ => true)], ProbersDieAt = UsuallyWorksAt }
        );

    public static Scenario StoreGone { get; } =
        new(
            "store-gone",
            "as outage, and from 20 s on no member reaches the store",
            400,
            world => Failing(world, seconds: 120) with { CallsPerSecond = 20, Cuts = [new(TimeSpan.FromSeconds(20), ForEver, _ => true)] }
        )
        {
            WorksAt = UsuallyWorksAt,
        };

    public static Scenario Zone { get; } =
        new(
            "zone",
            "the dependency fails for one zone of three, for the whole run",
            1_000,
            world => world with { Zones = 3, Outages = [new(FailsAt, ForEver, member => member.Zone == 0)] }
        );

    public static Scenario TwoZones { get; } =
        new(
            "two-zones",
            "the dependency fails for two zones of three; members of the third have 0.3 calls/s each as all have",
            1_000,
            world => world with { Zones = 3, CallsPerSecond = 0.3, Outages = [new(FailsAt, ForEver, member => member.Zone < 2)] }
        );

    public static Scenario Partition { get; } =
        new(
            "partition",
            "30 % of the members reach neither the store nor the dependency from 10 s on",
            1_000,
            world => world with { Outages = [new(FailsAt, ForEver, IsCutOff)], Cuts = [new(FailsAt, ForEver, IsCutOff)] }
        );

    public static Scenario Minority { get; } =
        new(
            "minority",
            "70 % of the members do not reach the store from 5 s on; the dependency fails for the others from 10 s on",
            1_000,
            world =>
                world with
                {
                    Outages = [new(FailsAt, ForEver, member => IsCutOff(member) && member.Number % 2 == 0)],
                    Cuts = [new(TimeSpan.FromSeconds(5), ForEver, member => !IsCutOff(member))],
                }
        );

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Outage,
        Step,
        Ramp,
        Saturated,
        Dip,
        Noisy,
        Rough,
        Partial,
        Blink,
        BadMember,
        LowTraffic,
        Probes,
        StoreGone,
        Zone,
        TwoZones,
        Partition,
        Minority,
    ];

    /// <summary>Returns the world of a run.</summary>
    public World World(Variant? variant = null, int? members = null, ulong seed = 1) =>
        (variant ?? Variant.Fleet).Change(Change(new() { Members = members ?? Members, Seed = seed }));

    private static bool IsCutOff(MemberPlace member) => IsAmong(member, 0.3);

    // By chance, and not by rank: a cohort must not be made of these members alone.
    private static bool IsAmong(MemberPlace member, double ratio) => new Chance(seed: 0, (ulong)member.Number).Hits(ratio);

    private static World Failing(World world, int seconds, Func<double, double?>? capacity = null)
    {
        var failing = world with { Duration = TimeSpan.FromSeconds(seconds), Outages = [new(FailsAt, UsuallyWorksAt, _ => true)] };
        return failing with
        {
            Capacity = time =>
                time >= UsuallyWorksAt && capacity?.Invoke((time - UsuallyWorksAt).TotalSeconds) is { } ratio
                    ? ratio * failing.Demand
                    : null,
        };
    }
}
