namespace Fluxgate;

public sealed class CountWindows
{
    private static readonly SlowThresholds Thresholds = new([TimeSpan.FromTicks(10), TimeSpan.FromTicks(25), TimeSpan.FromTicks(40)]);

    public static TheoryData<int> Sizes => [1, 2, 31, 32, 33, 100, 1000];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_public_window_sums_like_a_plain_list(int size) =>
        Compare(
            Window.Count(size).Start(new WindowContext(BreakerState.Closed, new VirtualTime())),
            SlowThresholds.None,
            size,
            mostTicks: 50
        );

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_window_for_rates_sums_like_a_plain_list(int size) =>
        Compare(Started<RateCountWindow>(size, SlowThresholds.None, durations: false), SlowThresholds.None, size, mostTicks: 1);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_window_for_durations_sums_like_a_plain_list(int size) =>
        Compare(Started<MeasuredCountWindow>(size, Thresholds, durations: true), Thresholds, size, mostTicks: 50);

    [Fact]
    public void Each_phase_gets_its_own_state()
    {
        var window = Window.Count(10);
        var (one, other) = (window.Start(new(BreakerState.Closed)), window.Start(new(BreakerState.HalfOpen)));

        one.Record(Calls.Failed());

        Assert.Equal((1, 0), (one.Read().Failures, other.Read().Requests));
    }

    [Fact]
    public void A_failure_leaves_the_window_after_as_many_calls_as_its_size()
    {
        var state = Window.Count(3).Start(new(BreakerState.Closed));

        state.Record(Calls.Failed(TimeSpan.FromSeconds(5)));
        state.Record(Calls.Succeeded(TimeSpan.FromSeconds(1)));
        state.Record(Calls.Succeeded(TimeSpan.FromSeconds(1)));
        Assert.Equal(Calls.Many(3, 1, TimeSpan.FromSeconds(7)), state.Read());

        state.Record(Calls.Succeeded(TimeSpan.FromSeconds(1)));
        Assert.Equal(Calls.Many(3, 0, TimeSpan.FromSeconds(3)), state.Read());
    }

    [Fact]
    public void Time_does_not_change_a_count_window()
    {
        var time = new VirtualTime();
        var state = Window.Count(3).Start(new(BreakerState.Closed, time));
        state.Record(Calls.Failed());

        time.Advance(TimeSpan.FromDays(400));

        Assert.Equal(Calls.Many(1, 1), state.Read());
    }

    [Fact]
    public void The_capacity_is_the_size() => Assert.Equal(33, Window.Count(33).Capacity);

    [Fact]
    public void A_window_for_rates_allocates_only_for_failures()
    {
        // The least of several windows: every window allocates its own memory, and few rounds include what the runtime allocates.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => BytesOfSuccesses(10_000)));

        static long BytesOfSuccesses(int calls)
        {
            var window = Started<RateCountWindow>(100_000, SlowThresholds.None, durations: false);
            window.Record(Calls.Succeeded());

            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < calls; i++)
            {
                window.Record(Calls.Succeeded());
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void A_call_of_the_longest_duration_leaves_the_window_completely()
    {
        var window = Started<MeasuredCountWindow>(2, SlowThresholds.None, durations: true);

        window.Record(Calls.Succeeded(TimeSpan.MaxValue));
        window.Record(Calls.Succeeded(TimeSpan.FromSeconds(1)));
        window.Record(Calls.Succeeded(TimeSpan.FromSeconds(1)));

        Assert.Equal(Calls.Many(2, 0, TimeSpan.FromSeconds(2)), window.Read());
    }

    [Fact]
    public void Further_calls_never_exceed_the_size_after_calls_are_overwritten()
    {
        var window = Started<MeasuredCountWindow>(4, SlowThresholds.None, durations: true);
        Record(4);
        var before = window.Read(now: 0, out var position);
        Assert.Equal(4, window.With(before, position, Calls.Many(3, 0)).Requests);

        Record(200);

        Assert.Equal(before, window.With(before, position, Calls.Many(3, 0)));

        void Record(int calls)
        {
            for (var i = 0; i < calls; i++)
            {
                window.Record(Calls.Failed());
            }
        }
    }

    private static LedgerWindow Started<TWindow>(int size, SlowThresholds thresholds, bool durations)
    {
        var ledger = new Ledger(thresholds, durations);
        var window = Window.Count(size).StartOn(ledger, new Clock(new VirtualTime()), BreakerState.Closed);
        Assert.IsType<TWindow>(window);
        return window!;
    }

    private static void Compare(WindowState window, SlowThresholds thresholds, int size, int mostTicks)
    {
        var random = new Random(size);
        var calls = new List<CallCounts>();
        var failing = 0.0;
        for (var i = 0; i < (3 * size) + 300; i++)
        {
            // In runs, so that the window is alternately full of failures and empty of them.
            failing = i % 41 == 0 ? random.NextDouble() : failing;
            var call = thresholds.Call(random.NextDouble() < failing, random.Next(mostTicks));
            window.Record(call);
            calls.Add(call);

            var expected = calls.TakeLast(size).Sum();
            Assert.Equal(expected, window.Read());
            if (window is LedgerWindow inner)
            {
                Assert.True(inner.HoldsFailures(calls.Count, 0));
                Assert.True(inner.HoldsFailures(calls.Count, expected.Failures));
                Assert.True(inner is MeasuredCountWindow || !inner.HoldsFailures(calls.Count, expected.Failures + 1));
            }
        }
    }
}
