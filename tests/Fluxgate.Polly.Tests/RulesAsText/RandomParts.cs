using FsCheck;
using FsCheck.Fluent;

namespace Fluxgate;

/// <summary>Generates rules of every shape with every value that their factories accept, and contexts to evaluate them with.</summary>
internal static class RandomParts
{
    private static readonly Gen<long> Longs = Gen.Choose(0, int.MaxValue)
        .Zip(Gen.Choose(0, int.MaxValue), (high, low) => ((long)high << 32) | ((long)low << 1));

    /// <summary>Usual ratios, and any double above 0 and up to 1: positive doubles have the order of their bits.</summary>
    private static readonly Gen<double> Ratios = Gen.OneOf(
        Gen.Choose(1, 1000).Select(thousandths => thousandths / 1000.0),
        Longs.Select(bits => BitConverter.Int64BitsToDouble(1 + (bits % BitConverter.DoubleToInt64Bits(1))))
    );

    private static readonly Gen<TimeSpan> Durations = Gen.OneOf(
        Gen.Choose(1, 90).Zip(Gen.Elements(0.001, 1, 60, 3600, 86_400), (count, seconds) => TimeSpan.FromSeconds(count * seconds)),
        Longs.Select(ticks => TimeSpan.FromTicks(Math.Max(1, ticks))),
        Gen.Elements(TimeSpan.FromTicks(1), TimeSpan.MaxValue)
    );

    private static readonly Gen<int> Counts = Gen.OneOf(Gen.Choose(1, 100), Gen.Choose(1, int.MaxValue), Gen.Constant(int.MaxValue));

    private static readonly Gen<double> Jitters = Gen.OneOf(Gen.Constant(0.0), Ratios.Where(ratio => ratio < 1));

    public static Gen<Tripper> Trippers { get; } =
        Trees(
            Gen.OneOf(
                Counts.Select(Tripper.MinRequests),
                Counts.Select(count => Tripper.FailureStreak(Math.Min(count, 16_777_215))),
                Ratios.Select(Tripper.FailureRate),
                Ratios.Zip(Durations, Tripper.SlowRate),
                Durations.Select(Tripper.AvgLatency),
                Gen.Elements(Tripper.Closed, Tripper.HalfOpened)
            ),
            (left, right) => left & right,
            (left, right) => left | right
        );

    public static Gen<Permit> Permits { get; } =
        Trees(
            Gen.OneOf(
                Gen.Constant(Permit.All),
                Ratios.Select(Permit.Random),
                Counts.Select(Permit.MaxConcurrent),
                Ratios
                    .Two()
                    .Zip(
                        Durations,
                        (ratios, duration) =>
                            Permit.RampUp(Math.Min(ratios.Item1, ratios.Item2), Math.Max(ratios.Item1, ratios.Item2), duration)
                    )
            ),
            (left, right) => left & right
        );

    public static Gen<Recovery> Recoveries { get; } =
        Trees(
            Gen.OneOf(Gen.Constant(Recovery.WhenQuiet), Counts.Select(Recovery.AfterProbes), Durations.Select(Recovery.After)),
            (left, right) => left & right
        );

    public static Gen<Window> Windows { get; } =
        Gen.OneOf(
            Counts.Select(Window.Count),
            Durations.Zip(Gen.Choose(1, 1000), (duration, buckets) => Window.Time(duration, (int)Math.Min(buckets, duration.Ticks)))
        );

    public static Gen<BreakDuration> BreakDurations { get; } =
        Gen.OneOf(
            Gen.Elements(BreakDuration.None, BreakDuration.UntilReset),
            Durations.Zip(Jitters, BreakDuration.Fixed),
            Durations
                .Two()
                .Zip(
                    Gen.OneOf(
                            Gen.Choose(1, 10).Select(number => (double)number),
                            Ratios.Select(ratio => Math.Min(1 / ratio, double.MaxValue))
                        )
                        .Zip(Jitters),
                    (durations, numbers) =>
                        BreakDuration.Backoff(
                            TimeSpan.FromTicks(Math.Min(durations.Item1.Ticks, durations.Item2.Ticks)),
                            numbers.Item1,
                            TimeSpan.FromTicks(Math.Max(durations.Item1.Ticks, durations.Item2.Ticks)),
                            numbers.Item2
                        )
                )
        );

    /// <summary>Gets contexts of random windows, without the thresholds of the rule.</summary>
    public static Gen<Func<SlowThresholds, TripperContext>[]> Readings { get; } =
        Gen.Choose(0, 200)
            .ArrayOf(4)
            .Zip(Durations, (numbers, duration) => (Func<SlowThresholds, TripperContext>)(slow => ContextOf(numbers, duration, slow)))
            .ArrayOf(10);

    /// <summary>Asserts that a property holds for all generated values.</summary>
    public static void ForAll<T>(Gen<T> values, Action<T> holds) => Prop.ForAll(values.ToArbitrary(), holds).Check(PropertyTrials.Of(300));

    private static TripperContext ContextOf(int[] numbers, TimeSpan duration, SlowThresholds slow)
    {
        var (requests, failures) = (Math.Max(numbers[0], numbers[1]), Math.Min(numbers[0], numbers[1]));
        var counts = default(CallCounts.SlowCounts);
        for (var i = 0; i < slow.Count; i++)
        {
            counts[i] = numbers[2] % (requests + 1);
        }

        var closed = numbers[2] % 2 == 0;
        return new(
            closed ? BreakerState.Closed : BreakerState.HalfOpen,
            new(requests, failures, duration.Ticks, counts),
            numbers[3],
            slow,
            closed ? null : 1 + (numbers[2] % 20)
        );
    }

    private static Gen<T> Trees<T>(Gen<T> leaves, params Func<T, T, T>[] joins)
    {
        return Gen.Sized(Tree);

        Gen<T> Tree(int size) =>
            size < 2
                ? leaves
                : Gen.Frequency((1, leaves), (4, Gen.Elements(joins).SelectMany(join => Tree(size / 2).Zip(Tree(size / 2), join))));
    }
}
