using Fluxgate.Simulation;

namespace Fluxgate.Scenarios;

/// <summary>A design of the fleet that runs can have. Most of them failed; they are kept so that anybody can see why.</summary>
internal sealed record Variant(string Name, string Help, Func<World, World> Change)
{
    public static Variant Fleet { get; } = new("fleet", "the settled rules", world => world);

    public static Variant Alone { get; } =
        new(
            "alone",
            "every member by itself, without a store",
            world =>
                world with
                {
                    Design = new()
                    {
                        HasStore = false,
                        Follows = false,
                        Gates = false,
                    },
                }
        );

    public static Variant OneOpensAll { get; } =
        new(
            "one-opens-all",
            "one vote trips the fleet, and nobody has a veto",
            world => world with { Rules = world.Rules with { QuorumMinimum = 1, QuorumRatio = 0, VetoFactor = 0 } }
        );

    public static Variant NoVeto { get; } =
        new("no-veto", "a quorum trips members that see no failures", world => world with { Rules = world.Rules with { VetoFactor = 0 } });

    public static Variant AllAtOnce { get; } =
        new("all-at-once", "shared trips without leases and cohorts", world => world with { Design = world.Design with { Gates = false } });

    public static Variant FailedProbes { get; } =
        new(
            "votes-of-failed-probes",
            "as all-at-once, a failed probe is a vote, and nobody has a veto",
            world => Voting(world, VoteKind.FailedProbes)
        );

    public static Variant Echoes { get; } =
        new(
            "votes-of-echoes",
            "as all-at-once, what the fleet opened is a vote, and nobody has a veto",
            world => Voting(world, VoteKind.Echoes)
        );

    public static Variant OwnSums { get; } =
        new("own-sums", "without the fleet's window", world => world with { Rules = world.Rules with { SharedWindow = TimeSpan.Zero } });

    public static Variant Doubling { get; } =
        new("doubling", "the cohort always doubles", world => world with { Rules = world.Rules with { DoubleUntil = 1 } });

    public static Variant NeverShrinks { get; } =
        new(
            "never-shrinks",
            "the cohort grows and stops, and never shrinks",
            world => world with { Rules = world.Rules with { ShrinkAbove = 1 } }
        );

    public static Variant DoublingNeverShrinks { get; } =
        new("doubling-never-shrinks", "the cohort doubles and never shrinks", world => NeverShrinks.Change(Doubling.Change(world)));

    public static Variant NoSpread { get; } =
        new(
            "no-spread",
            "without the store, members probe as soon as they may",
            world => world with { Rules = world.Rules with { LoneProbersPerSecond = 1e9 } }
        );

    public static IReadOnlyList<Variant> All { get; } =
    [Fleet, Alone, OneOpensAll, NoVeto, FailedProbes, Echoes, OwnSums, AllAtOnce, Doubling, NeverShrinks, DoublingNeverShrinks, NoSpread];

    private static World Voting(World world, VoteKind votes) =>
        NoVeto.Change(AllAtOnce.Change(world)) is var first ? first with { Design = first.Design with { Votes = votes } } : world;
}
