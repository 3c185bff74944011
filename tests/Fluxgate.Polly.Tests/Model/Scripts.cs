using FsCheck;
using FsCheck.Fluent;

namespace Fluxgate;

/// <summary>Generates random scripts. The probabilities let a script of a hundred steps reach every state.</summary>
internal static class Scripts
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
        from mix in Gen.Choose(0, 63)
        select Plan.ThatCanTrip(
            plan with
            {
                Window = (mix & 1) == 0 ? plan.Window : other.Window,
                Rule = (mix & 2) == 0 ? plan.Rule : other.Rule,
                Break = (mix & 4) == 0 ? plan.Break : other.Break,
                Permit = (mix & 8) == 0 ? plan.Permit : other.Permit,
                Recovery = (mix & 16) == 0 ? plan.Recovery : other.Recovery,
                Lease = (mix & 32) == 0 ? plan.Lease : other.Lease,
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
        from broken in Gen.Frequency((9, Gen.Constant<FaultPoint?>(null)), (1, AnyFault.Select(point => (FaultPoint?)point)))
        from durations in Rarely(4)
        select Plan.ThatCanTrip(new(window, rule, @break, permit, recovery, lease, state, timer, chance, broken, durations));

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

    private static Gen<FaultPoint> AnyFault => Gen.Elements(Enum.GetValues<FaultPoint>());

    private static Gen<WindowSpec> AnyWindow
    {
        get
        {
            var count = Gen.Elements(1, 2, 3, 5, 8, 10, 20, 30).Select(WindowSpec (size) => new WindowSpec.Count(size));
            var time =
                from length in Gen.Elements(Ms(500), Ms(1000), Ms(3000), Ms(10_000))
                from buckets in Gen.Elements(1, 2, 3, 4, 7, 10)
                select (WindowSpec)new WindowSpec.Time(length, buckets);
            var own = Gen.OneOf(count, time).Select(WindowSpec (inner) => new WindowSpec.Own(inner));
            return Gen.Frequency((5, count), (5, time), (2, own));
        }
    }

    private static Gen<RuleSpec> AnyRule(int depth)
    {
        var leaf = Gen.Frequency(
            (20, Gen.Choose(1, 8).Select(RuleSpec (count) => new RuleSpec.MinRequests(count))),
            (24, Gen.Elements(0.1, 0.25, 0.3, 1 / 3.0, 0.5, 0.6, 0.75, 1).Select(RuleSpec (ratio) => new RuleSpec.FailureRate(ratio))),
            (
                10,
                from ratio in Gen.Elements(0.2, 0.3, 0.5, 0.8, 1)
                from threshold in Gen.Elements(Thresholds)
                select (RuleSpec)new RuleSpec.SlowRate(ratio, threshold)
            ),
            (5, Gen.Elements(Thresholds).Select(RuleSpec (threshold) => new RuleSpec.AvgLatency(threshold))),
            (16, Gen.Choose(1, 14).Select(RuleSpec (count) => new RuleSpec.FailureStreak(count))),
            (1, Gen.Constant<RuleSpec>(new RuleSpec.Closed())),
            (2, Gen.Constant<RuleSpec>(new RuleSpec.HalfOpened())),
            (6, Gen.Choose(1, 4).Select(RuleSpec (failures) => new RuleSpec.Own(failures)))
        );
        return depth == 1
            ? leaf
            : Gen.Frequency(
                (2, leaf),
                (3, AnyRule(depth - 1).Two().Select(RuleSpec (two) => new RuleSpec.Both(two.Item1, two.Item2))),
                (2, AnyRule(depth - 1).Two().Select(RuleSpec (two) => new RuleSpec.Either(two.Item1, two.Item2)))
            );
    }

    private static Gen<BreakSpec> AnyBreak =>
        Gen.Frequency(
            (
                4,
                from duration in Gen.Elements(Breaks)
                from jitter in Gen.Elements(Jitters)
                select (BreakSpec)new BreakSpec.Fixed(duration, jitter)
            ),
            (
                4,
                from initial in Gen.Elements(Breaks)
                from multiplier in Gen.Choose(1, 3)
                from max in Gen.Elements(Ms(5120), Ms(25_600))
                from jitter in Gen.Elements(Jitters)
                select (BreakSpec)new BreakSpec.Backoff(initial, multiplier, max, jitter)
            ),
            (2, Gen.Constant<BreakSpec>(new BreakSpec.None())),
            (1, Gen.Constant<BreakSpec>(new BreakSpec.UntilReset())),
            (3, Gen.Elements(Breaks).Select(BreakSpec (duration) => new BreakSpec.Own(duration)))
        );

    private static Gen<PermitSpec> AnyPermit(int depth)
    {
        var leaf = Gen.Frequency(
            (6, Gen.Constant<PermitSpec>(new PermitSpec.All())),
            (2, Gen.Elements(0.25, 0.5, 1).Select(PermitSpec (ratio) => new PermitSpec.Random(ratio))),
            (
                2,
                from initial in Gen.Elements(0.125, 0.5)
                from final in Gen.Elements(0.5, 1)
                from duration in Gen.Elements(Ms(300), Ms(2000))
                select (PermitSpec)new PermitSpec.RampUp(initial, final, duration)
            ),
            (2, Gen.Elements(1, 2, 4, 12).Select(PermitSpec (count) => new PermitSpec.MaxConcurrent(count))),
            (2, Gen.Constant<PermitSpec>(new PermitSpec.Own()))
        );
        return depth == 1
            ? leaf
            : Gen.Frequency(
                (3, leaf),
                (1, AnyPermit(depth - 1).Two().Select(PermitSpec (two) => new PermitSpec.Both(two.Item1, two.Item2)))
            );
    }

    private static Gen<RecoverySpec> AnyRecovery(int depth)
    {
        var leaf = Gen.Frequency(
            (5, Gen.Choose(1, 8).Select(RecoverySpec (count) => new RecoverySpec.AfterProbes(count))),
            (2, Gen.Elements(Ms(200), Ms(1500)).Select(RecoverySpec (duration) => new RecoverySpec.After(duration))),
            (2, Gen.Constant<RecoverySpec>(new RecoverySpec.WhenQuiet())),
            (2, Gen.Choose(1, 3).Select(RecoverySpec (successes) => new RecoverySpec.Own(successes)))
        );
        return depth == 1
            ? leaf
            : Gen.Frequency(
                (3, leaf),
                (1, AnyRecovery(depth - 1).Two().Select(RecoverySpec (two) => new RecoverySpec.Both(two.Item1, two.Item2)))
            );
    }

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
            (5, Once(AnyReconfigure)),
            (4, AnyReconfigureInFlight),
            (4, AnyHang),
            (2, Once(AnyFault.Select(Command (point) => new Command.Break(point)))),
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
            new Command.Run(inPipeline || ending is Ending.Throws or Ending.IsCancelled or Ending.PredicateThrows, ending, milliseconds);

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
            (2, Gen.Constant(Ending.IsCancelled)),
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
            (4, Gen.Constant(DueTime.OldestLease)),
            (3, Gen.Constant(DueTime.NextBucket)),
            (3, Gen.Constant(DueTime.OverdueTimer)),
            (1, Gen.Constant(DueTime.EndOfRamp)),
            (1, Gen.Constant(DueTime.RecoveryAfter))
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
                (4, Gen.Constant(BreakerState.Closed)),
                (3, Gen.Constant(BreakerState.Open)),
                (3, Gen.Constant(BreakerState.HalfOpen)),
                (3, Gen.Constant(BreakerState.MetricsOnly)),
                (1, Gen.Constant(BreakerState.Disabled)),
                (1, Gen.Constant(BreakerState.ForcedOpen))
            )
            .Select(Command (to) => new Command.ByHand(to));

    private static Gen<IEnumerable<Command>> Once(Gen<Command> command) => command.Select(one => Enumerable.Repeat(one, 1));

    private static Gen<bool> Rarely(int oneIn) => Gen.Choose(1, oneIn).Select(number => number == 1);

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
