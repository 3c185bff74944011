using FsCheck;
using FsCheck.Fluent;

namespace Fluxgate;

/// <summary>Generates random scripts. The probabilities let a script of a hundred steps reach every state.</summary>
internal static partial class Scripts
{
    private static readonly TimeSpan[] Thresholds = [Ms(100), Ms(250), Ms(1000)];

    // Multiples of 128 ms and quarters: a jittered break is a whole number of milliseconds.
    private static readonly TimeSpan[] Breaks = [Ms(640), Ms(1280), Ms(5120)];
    private static readonly double[] Jitters = [0, 0, 0.25, 0.5];

    /// <summary>Generates everything that can happen to a breaker.</summary>
    public static Arbitrary<Script> OfEverything() => Arb.From(Of(AnyPlan, AnyBurst), Shrinking.Of);

    /// <summary>Generates mostly recorded calls, under rules that the engine does not evaluate on every call.</summary>
    public static Arbitrary<Script> OfRecordedCalls() => Arb.From(Of(AnySeldomAskedPlan, AnyRecordedBurst), Shrinking.Of);

    private static Gen<Script> Of(Gen<Plan> anyPlan, Gen<IEnumerable<Command>> anyBurst) =>
        from plan in anyPlan
        from others in AnyOther(plan, anyPlan).Two()
        from bursts in anyBurst.ListOf(45)
        select new Script(plan, [others.Item1, others.Item2], [.. bursts.SelectMany(burst => burst)]);

    /// <summary>Generates settings that share parts with a plan.</summary>
    private static Gen<Plan> AnyOther(Plan plan, Gen<Plan> anyPlan) =>
        from other in anyPlan
        from mix in Gen.Choose(0, 127)
        select Plan.ThatCanTrip(
            plan with
            {
                Window = (mix & 1) == 0 ? plan.Window : other.Window,
                Rule = (mix & 2) == 0 ? plan.Rule : other.Rule,
                Break = (mix & 4) == 0 ? plan.Break : other.Break,
                Permit = (mix & 8) == 0 ? plan.Permit : other.Permit,
                Recovery = (mix & 16) == 0 ? plan.Recovery : other.Recovery,
                Lease = (mix & 32) == 0 ? plan.Lease : other.Lease,
                Gate = (mix & 64) == 0 ? plan.Gate : other.Gate,
            }
        );

    private static Gen<Plan> AnyPlan =>
        from window in AnyWindow
        from rule in AnyRule(3)
        from @break in AnyBreak
        from permit in AnyPermit(2)
        from recovery in AnyRecovery(2)
        from lease in Gen.Elements(Ms(500), Ms(2000), Ms(5000))
        from state in Gen.Frequency((8, Gen.Constant(BreakerState.Closed)), (3, Gen.Elements(Enum.GetValues<BreakerState>())))
        from timer in Rarely(5)
        from chance in Gen.Choose(0, 10_000)
        from broken in Gen.Frequency((5, Gen.Constant<FaultPoint?>(null)), (1, AnyFault.Select(point => (FaultPoint?)point)))
        from durations in Rarely(4)
        from gate in AnyGate
        select Plan.ThatCanTrip(new(window, rule, @break, permit, recovery, lease, state, timer, chance, broken, durations, gate));

    private static Gen<Plan> AnySeldomAskedPlan =>
        from window in AnyWindow.Where(window => window is not WindowSpec.Own)
        from rule in AnyRule(4).Where(rule => !rule.Leaves.Any(leaf => leaf is RuleSpec.Own or RuleSpec.AvgLatency or RuleSpec.Closed))
        from state in Gen.Elements(BreakerState.MetricsOnly, BreakerState.Closed)
        select Plan.ThatCanTrip(
            new(
                window,
                rule,
                new BreakSpec.None(),
                new PermitSpec.All(),
                new RecoverySpec.WhenQuiet(),
                Ms(2000),
                state,
                ProbeWithoutTraffic: false,
                RandomSource: 0,
                BrokenFromTheStart: null
            )
        );

    // Those that need a trip, a gate in the settings or a half-open circuit take effect too rarely otherwise.
    private static Gen<FaultPoint> AnyFault =>
        Gen.OneOf(
            Gen.Elements(Enum.GetValues<FaultPoint>()),
            Gen.Elements(Enum.GetValues<FaultPoint>()),
            Gen.Elements(FaultPoint.TripperExplains, FaultPoint.ProbeGate, FaultPoint.PermitStart, FaultPoint.RecoveryStart)
        );

    /// <summary>Generates one command several times in a row: most rules need streaks.</summary>
    private static Gen<IEnumerable<Command>> AnyBurst =>
        Gen.Frequency(
            (44, AnyRun.SelectMany(_ => Gen.Elements(1, 1, 2, 3, 4, 8), Enumerable.Repeat)),
            (2, Gen.Constant(Enumerable.Repeat<Command>(new Command.Run(false, Ending.IsIgnored, null), 10))),
            (12, AnyBegin.SelectMany(_ => Gen.Elements(1, 1, 1, 2, 3, 12), Enumerable.Repeat)),
            (12, Once(AnyFinish)),
            (10, Once(AnyWait)),
            (18, Once(AnyWaitUntil)),
            (1, Once(Gen.Elements(-60, 1, 600).Select(Command (by) => new Command.WallClockJumps(TimeSpan.FromMinutes(by))))),
            (5, Once(AnyByHand)),
            (2, Once(AnyTripFor)),
            (5, Once(AnyReconfigure)),
            (4, AnyReconfigureInFlight),
            (4, AnyHang),
            (3, Once(AnyFault.Select(Command (point) => new Command.Break(point)))),
            (2, Once(Gen.Constant<Command>(new Command.MendAll())))
        );

    private static Gen<IEnumerable<Command>> AnyRecordedBurst =>
        Gen.Frequency(
            (24, AnyRun.SelectMany(_ => Gen.Elements(1, 1, 2, 3, 4, 8), Enumerable.Repeat)),
            (3, Once(AnyBegin)),
            (3, Once(AnyFinish)),
            (4, Once(AnyWait)),
            (4, Once(AnyWaitUntil)),
            (2, Once(AnyReconfigure)),
            (1, AnyReconfigureInFlight),
            (2, AnyHang),
            (1, Once(Gen.Elements(BreakerState.Closed, BreakerState.MetricsOnly).Select(Command (to) => new Command.ByHand(to))))
        );

    private static Gen<Command> AnyRun =>
        from ending in AnyEnding
        from inPipeline in Rarely(4)
        from milliseconds in AnyDuration
        select (Command)
            new Command.Run(inPipeline || ending is Ending.Throws or Ending.IsCanceled or Ending.PredicateThrows, ending, milliseconds);

    private static Gen<Command> AnyBegin => Rarely(5).Select(Command (inPipeline) => new Command.Begin(inPipeline));

    private static Gen<Command> AnyFinish =>
        from which in Gen.Choose(0, 12)
        from ending in AnyEnding
        from milliseconds in AnyDuration
        select (Command)new Command.Finish(which, ending, milliseconds);

    private static Gen<Ending> AnyEnding =>
        Gen.Frequency(
            (22, Gen.Constant(Ending.Succeeds)),
            (16, Gen.Constant(Ending.Fails)),
            (3, Gen.Constant(Ending.IsIgnored)),
            (2, Gen.Constant(Ending.Throws)),
            (2, Gen.Constant(Ending.IsCanceled)),
            (1, Gen.Constant(Ending.PredicateThrows)),
            (1, Gen.Constant(Ending.IsDisposed))
        );

    private static Gen<int?> AnyDuration =>
        Gen.Frequency(
            (3, Gen.Constant<int?>(null)),
            (4, Gen.Elements(0, 1, 20, 99).Select(duration => (int?)duration)),
            (2, Gen.Elements(100, 101, 249, 250, 999, 1000, 3000).Select(duration => (int?)duration))
        );

    private static Gen<Command> AnyWait =>
        Gen.Elements(0, 1, 10, 50, 100, 250, 333, 1000, 2000, 7000, 3_600_000).Select(Command (time) => new Command.Wait(Ms(time)));

    private static Gen<Command> AnyWaitUntil =>
        from deadline in Gen.Frequency(
            (8, Gen.Constant(DueTime.EndOfBreak)),
            (6, Gen.Constant(DueTime.OldestLease)),
            (3, Gen.Constant(DueTime.NextBucket)),
            (3, Gen.Constant(DueTime.OverdueTimer)),
            (1, Gen.Constant(DueTime.EndOfRamp)),
            (2, Gen.Constant(DueTime.RecoveryAfter))
        )
        from instants in Gen.Elements(-1, 0, 0, 0, 1)
        select (Command)new Command.WaitUntil(deadline, instants);

    private static Gen<Command> AnyReconfigure => Gen.Choose(0, 2).Select(Command (which) => new Command.Reconfigure(which));

    /// <summary>Generates a reconfiguration with calls of both rules in flight, until one settles or its lease expires.</summary>
    private static Gen<IEnumerable<Command>> AnyReconfigureInFlight =>
        from older in AnyBegin
        from reconfigure in AnyReconfigure
        from newer in AnyBegin
        from next in Gen.OneOf(AnyFinish, Gen.Constant<Command>(new Command.WaitUntil(DueTime.OldestLease, 0)))
        from run in AnyRun
        select (IEnumerable<Command>)[older, reconfigure, newer, next, run];

    /// <summary>Generates calls that hang until they are overdue, or just before that.</summary>
    private static Gen<IEnumerable<Command>> AnyHang =>
        from begin in AnyBegin
        from count in Gen.Elements(1, 2, 5, 20)
        from instants in Gen.Elements(-1, 0, 1)
        from next in Gen.OneOf(AnyRun, AnyFinish, AnyReconfigure)
        select (IEnumerable<Command>)[.. Enumerable.Repeat(begin, count), new Command.WaitUntil(DueTime.OverdueTimer, instants), next];

    private static Gen<Command> AnyByHand =>
        Gen.Frequency(
                (8, Gen.Constant(BreakerState.Closed)),
                (6, Gen.Constant(BreakerState.Open)),
                (6, Gen.Constant(BreakerState.HalfOpen)),
                (6, Gen.Constant(BreakerState.MetricsOnly)),
                (3, Gen.Constant(BreakerState.Disabled)),
                (3, Gen.Constant(BreakerState.ForcedOpen))
            )
            .Select(Command (to) => new Command.ByHand(to));

    private static Gen<Command> AnyTripFor =>
        from milliseconds in Gen.Elements(1, 640, 5120)
        from phase in Gen.Elements<int?>(null, null, 0, 0, -1)
        from kind in Gen.Elements(ReasonKind.Manual, ReasonKind.Fleet)
        select (Command)new Command.TripFor(milliseconds, phase, kind);

    private static Gen<IEnumerable<Command>> Once(Gen<Command> command) => command.Select(one => Enumerable.Repeat(one, 1));

    private static Gen<bool> Rarely(int oneIn) => Gen.Choose(1, oneIn).Select(number => number == 1);

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
