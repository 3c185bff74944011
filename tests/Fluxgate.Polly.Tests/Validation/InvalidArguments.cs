using static Fluxgate.InvalidSetting;

namespace Fluxgate;

/// <summary>Arguments that the factories of the parts refuse.</summary>
internal static class InvalidArguments
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static IEnumerable<InvalidSetting> All =>
        [.. Windows, .. Rules, .. BreakDurations, .. Permits, .. Recoveries, .. NullParts, .. Trackers, .. TooDeep];

    private static InvalidSetting[] Windows =>
        [
            Of(() => Window.Count(0), "size must be at least 1, but is 0."),
            Of(() => Window.Count(-5), "size must be at least 1, but is -5."),
            Of(() => Window.Time(TimeSpan.Zero), "duration must be greater than zero, but is 00:00:00."),
            Of(() => Window.Time(-Second), "duration must be greater than zero, but is -00:00:01."),
            Of(() => Window.Time(Second, 0), "buckets must be at least 1, but is 0."),
            Of(() => Window.Time(Second, -1), "buckets must be at least 1, but is -1."),
            Of(() => Window.Time(Second, 1001), "buckets must be at most 1000, but is 1001."),
            Of(() => Window.Time(TimeSpan.FromTicks(9)), "duration must be at least 100 ns per bucket, but is 0.0009ms for 10 buckets."),
        ];

    private static InvalidSetting[] Rules =>
        [
            Of(() => Tripper.MinRequests(0), "count must be at least 1, but is 0."),
            Of(() => Tripper.MinRequests(int.MinValue), "count must be at least 1, but is -2147483648."),
            Of(() => Tripper.FailureRate(0), "ratio must be greater than 0 and at most 1 (1 is 100%), but is 0."),
            Of(() => Tripper.FailureRate(-0.5), "ratio must be greater than 0 and at most 1 (1 is 100%), but is -0.5."),
            Of(() => Tripper.FailureRate(50), "ratio must be greater than 0 and at most 1 (1 is 100%), but is 50."),
            Of(() => Tripper.FailureRate(1.0001), "ratio must be greater than 0 and at most 1 (1 is 100%), but is 1.0001."),
            Of(() => Tripper.FailureRate(double.NaN), "ratio must be greater than 0 and at most 1 (1 is 100%), but is NaN."),
            Of(() => Tripper.FailureRate(1 / 0.0), "ratio must be greater than 0 and at most 1 (1 is 100%), but is Infinity."),
            Of(() => Tripper.FailureRate(-1 / 0.0), "ratio must be greater than 0 and at most 1 (1 is 100%), but is -Infinity."),
            Of(() => Tripper.SlowRate(0, Second), "ratio must be greater than 0 and at most 1 (1 is 100%), but is 0."),
            Of(() => Tripper.SlowRate(double.NaN, Second), "ratio must be greater than 0 and at most 1 (1 is 100%), but is NaN."),
            Of(() => Tripper.SlowRate(1, TimeSpan.Zero), "threshold must be greater than zero, but is 00:00:00."),
            Of(() => Tripper.AvgLatency(TimeSpan.Zero), "threshold must be greater than zero, but is 00:00:00."),
            Of(() => Tripper.AvgLatency(-Second), "threshold must be greater than zero, but is -00:00:01."),
            Of(() => Tripper.FailureStreak(0), "count must be at least 1 and at most 16777215, but is 0."),
            Of(() => Tripper.FailureStreak(16_777_216), "count must be at least 1 and at most 16777215, but is 16777216."),
        ];

    private static InvalidSetting[] BreakDurations =>
        [
            Of(() => BreakDuration.Fixed(TimeSpan.Zero), "duration must be greater than zero, but is 00:00:00."),
            Of(() => BreakDuration.Fixed(Timeout.InfiniteTimeSpan), "duration must be greater than zero, but is -00:00:00.0010000."),
            Of(() => BreakDuration.Fixed(Second, 1), "jitter must be at least 0 and less than 1 (0.1 is ±10%), but is 1."),
            Of(() => BreakDuration.Fixed(Second, -0.1), "jitter must be at least 0 and less than 1 (0.1 is ±10%), but is -0.1."),
            Of(() => BreakDuration.Fixed(Second, double.NaN), "jitter must be at least 0 and less than 1 (0.1 is ±10%), but is NaN."),
            Of(() => BreakDuration.Backoff(TimeSpan.Zero), "initial must be greater than zero, but is 00:00:00."),
            Of(() => BreakDuration.Backoff(Second, 0.99), "multiplier must be a finite number of at least 1, but is 0.99."),
            Of(() => BreakDuration.Backoff(Second, double.NaN), "multiplier must be a finite number of at least 1, but is NaN."),
            Of(() => BreakDuration.Backoff(Second, 1 / 0.0), "multiplier must be a finite number of at least 1, but is Infinity."),
            Of(() => BreakDuration.Backoff(2 * Second, max: Second), "max must be at least initial (2s), but is 1s."),
            Of(() => BreakDuration.Backoff(Second, max: TimeSpan.Zero), "max must be at least initial (1s), but is 00:00:00."),
            Of(() => BreakDuration.Backoff(Second, jitter: 2), "jitter must be at least 0 and less than 1 (0.1 is ±10%), but is 2."),
        ];

    private static InvalidSetting[] Permits =>
        [
            Of(() => Permit.Random(0), "ratio must be greater than 0 and at most 1 (1 is 100%), but is 0."),
            Of(() => Permit.Random(double.NaN), "ratio must be greater than 0 and at most 1 (1 is 100%), but is NaN."),
            Of(() => Permit.RampUp(0, 1, Second), "initial must be greater than 0 and at most 1 (1 is 100%), but is 0."),
            Of(() => Permit.RampUp(0.1, 1.1, Second), "final must be greater than 0 and at most 1 (1 is 100%), but is 1.1."),
            Of(() => Permit.RampUp(0.1, double.NaN, Second), "final must be greater than 0 and at most 1 (1 is 100%), but is NaN."),
            Of(() => Permit.RampUp(0.5, 0.4, Second), "initial must be at most final (0.4), but is 0.5."),
            Of(() => Permit.RampUp(0.1, 1, TimeSpan.Zero), "duration must be greater than zero, but is 00:00:00."),
            Of(() => Permit.MaxConcurrent(0), "count must be at least 1, but is 0."),
        ];

    private static InvalidSetting[] Recoveries =>
        [
            Of(() => Recovery.AfterProbes(0), "count must be at least 1, but is 0."),
            Of(() => Recovery.AfterProbes(-3), "count must be at least 1, but is -3."),
            Of(() => Recovery.After(TimeSpan.Zero), "duration must be greater than zero, but is 00:00:00."),
        ];

    private static InvalidSetting[] NullParts =>
        [
            Of(() => _ = null! & Tripper.Closed, "left must not be null."),
            Of(() => _ = Tripper.Closed & null!, "right must not be null."),
            Of(() => _ = null! | Tripper.Closed, "left must not be null."),
            Of(() => _ = Tripper.Closed | null!, "right must not be null."),
            Of(() => _ = null! & Permit.All, "left must not be null."),
            Of(() => _ = Permit.All & null!, "right must not be null."),
            Of(() => _ = null! & Recovery.WhenQuiet, "left must not be null."),
            Of(() => _ = Recovery.WhenQuiet & null!, "right must not be null."),
        ];

    private static InvalidSetting[] Trackers =>
        [
            Of(() => _ = (Tracker)null! & Tracker.All, "left must not be null."),
            Of(() => _ = Tracker.All | (Tracker)null!, "right must not be null."),
            Of(() => _ = !(Tracker)null!, "tracker must not be null."),
            Of(() => _ = (Tracker<int>)null! & OfResults, "left must not be null."),
            Of(() => _ = OfResults & (Tracker<int>)null!, "right must not be null."),
            Of(() => _ = (Tracker<int>)null! | OfResults, "left must not be null."),
            Of(() => _ = OfResults | (Tracker<int>)null!, "right must not be null."),
            Of(() => _ = !(Tracker<int>)null!, "tracker must not be null."),
            Of(() => Tracker.When(null!), "predicate must not be null."),
            Of(() => Tracker.When<int>(null!), "predicate must not be null."),
            Of(() => Tracker.Result<int>(null!), "predicate must not be null."),
            Of(() => Tracker.All.Matches(null!), "exception must not be null."),
            Of(
                () => _ = Tracker.All & OfResults,
                "A tracker of exceptions & a tracker of results can never match: no outcome is both. Join them with |."
            ),
        ];

    private static Tracker<int> OfResults => Tracker.Result<int>(status => status >= 500);

    private static InvalidSetting[] TooDeep =>
        [
            Of(() => Nest(Tripper.Closed, rule => rule & Tripper.Closed), Deep("rule")),
            Of(() => Nest(Tripper.Closed, rule => Tripper.Closed | rule), Deep("rule")),
            Of(() => Nest(Permit.All, permit => permit & Permit.All), Deep("permit")),
            Of(() => Nest(Recovery.WhenQuiet, recovery => recovery & Recovery.WhenQuiet), Deep("recovery")),
            Of(() => Nest(Tracker.All, tracker => tracker & Tracker.All), Deep("tracker")),
            Of(() => Nest(Tracker.All, tracker => Tracker.All | tracker), Deep("tracker")),
            Of(() => Nest(Tracker.All, tracker => !tracker), Deep("tracker")),
            Of(() => Nest(OfResults, tracker => tracker & OfResults), Deep("tracker")),
            Of(() => Nest(OfResults, tracker => OfResults | tracker), Deep("tracker")),
            Of(() => Nest(OfResults, tracker => !tracker), Deep("tracker")),
        ];

    /// <summary>Nests a part 500 deep, which is valid, and then once more.</summary>
    private static void Nest<TPart>(TPart part, Func<TPart, TPart> wrap)
    {
        for (var depth = 1; depth < 500; depth++)
        {
            part = wrap(part);
        }

        // The first 500 levels must not throw.
        Assert.NotNull(part);
        wrap(part);
    }

    private static string Deep(string part) => $"A {part} must be nested at most 500 deep, but is nested 501 deep.";
}
