using FsCheck;
using FsCheck.Fluent;

namespace Fluxgate;

/// <content>The parts of generated settings.</content>
internal static partial class Scripts
{
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

    internal static Gen<RuleSpec> AnyRule(int depth)
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

    private static Gen<GateSpec?> AnyGate =>
        Gen.Frequency(
            (2, Gen.Constant<GateSpec?>(null)),
            (
                1,
                from until in Gen.Elements(Ms(1280), Ms(2560), Ms(10_240))
                from wait in Gen.Elements(Ms(128), Ms(1000), Ms(5120))
                select (GateSpec?)new GateSpec(until, wait)
            )
        );
}
