namespace Fluxgate;

public sealed class Ledgers
{
    private static readonly SlowThresholds TwoThresholds = new([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)]);

    [Fact]
    public void Counters_are_separate()
    {
        var ledger = new Ledger(TwoThresholds, sumsDurations: true);

        Assert.True(ledger.TryCount(Ledger.Started));
        Assert.True(ledger.TryCount(Ledger.Started));
        Assert.True(ledger.TryCount(Ledger.Failures));
        Assert.True(ledger.TryAdd(Ledger.Rejected, 7));

        Assert.Equal([2, 0, 1, 0, 7, 0, 0, 0], Enumerable.Range(0, ledger.Count).Select(ledger.Sum));
    }

    [Fact]
    public void A_call_is_slow_at_every_threshold_it_reaches()
    {
        var ledger = new Ledger(TwoThresholds, sumsDurations: true);

        Measure(ledger, TimeSpan.FromSeconds(2).Ticks);
        Measure(ledger, TimeSpan.FromSeconds(2).Ticks - 1);
        Measure(ledger, TimeSpan.FromSeconds(1).Ticks - 1);

        Assert.Equal((2, 1), (ledger.Sum(Ledger.Slow), ledger.Sum(Ledger.Slow + 1)));
        Assert.Equal(TimeSpan.FromSeconds(5).Ticks - 2, ledger.Sum(Ledger.Duration));
    }

    [Fact]
    public void Without_thresholds_no_duration_is_measured()
    {
        var ledger = new Ledger(SlowThresholds.None, sumsDurations: false);

        Assert.Equal(0, Measure(ledger, TimeSpan.FromSeconds(5).Ticks));

        Assert.Equal(0, ledger.Sum(Ledger.Duration));
    }

    [Fact]
    public void A_sealed_ledger_is_frozen_and_returns_what_it_did_not_count()
    {
        var ledger = new Ledger(TwoThresholds, sumsDurations: true);
        ledger.TryCount(Ledger.Successes);
        ledger.TryAdd(Ledger.Duration, 40);
        var totals = new long[ledger.Count];

        ledger.Seal(totals);

        Assert.False(ledger.TryCount(Ledger.Successes));
        Assert.False(ledger.TryAdd(Ledger.Failures, 3));
        Assert.Equal((0b1, 0b11), (Measure(ledger, TimeSpan.TicksPerSecond), Measure(ledger, 2 * TimeSpan.TicksPerSecond)));
        Assert.Equal([0, 1, 0, 0, 0, 40, 0, 0], totals);
        Assert.Equal(Calls.Many(1, 0, TimeSpan.FromTicks(40)), ledger.Total());
    }

    [Fact]
    public void Very_long_durations_do_not_freeze_a_ledger()
    {
        var world = new World(
            new() { Tripper = Tripper.FailureStreak(9) | (Tripper.HalfOpened & Tripper.AvgLatency(TimeSpan.FromDays(1))) }
        );
        for (var i = 0; i < 1000; i++)
        {
            world.Begin().Settle(Verdict.Success, TimeSpan.MaxValue);
        }

        Assert.Equal((1000, 0, 100), (world.Now.Successes, world.Now.Stale, world.Now.WindowRequests));
    }

    [Fact]
    public void Seal_adds_to_the_given_totals()
    {
        var ledger = new Ledger(SlowThresholds.None, sumsDurations: false);
        ledger.TryAdd(Ledger.Ignored, 2);
        long[] totals = [1, 1, 1, 1, 1, 1];

        ledger.Seal(totals);

        Assert.Equal([1, 1, 1, 3, 1, 1], totals);
    }

    [Fact]
    public void Counts_are_exact_when_many_threads_grow_the_stripes()
    {
        const int Threads = 8;
        const int Rounds = 50_000;
        var ledger = new Ledger(TwoThresholds, sumsDurations: true);

        Together(
            Threads,
            thread =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    Assert.True(ledger.TryCount(thread % 2 == 0 ? Ledger.Successes : Ledger.Failures));
                    Assert.True(ledger.TryAdd(Ledger.Duration, 3));
                }
            }
        );

        const long EachHalf = Threads / 2 * Rounds;
        Assert.Equal(Calls.Many(2 * EachHalf, EachHalf, TimeSpan.FromTicks(6 * EachHalf)), ledger.Total());
    }

    [Fact]
    public void A_count_during_Seal_is_in_the_final_sum_or_refused()
    {
        for (var round = 0; round < 200; round++)
        {
            var ledger = new Ledger(SlowThresholds.None, sumsDurations: false);
            var (accepted, totals) = (0L, new long[ledger.Count]);

            Together(
                3,
                thread =>
                {
                    if (thread == 0)
                    {
                        ledger.Seal(totals);
                        return;
                    }

                    for (var i = 0; i < 200; i++)
                    {
                        Interlocked.Add(ref accepted, ledger.TryCount(Ledger.Started) ? 1 : 0);
                    }
                }
            );

            Assert.Equal(accepted, totals[Ledger.Started]);
            Assert.Equal(accepted, ledger.Sum(Ledger.Started));
        }
    }

    [Fact]
    public void A_sum_that_overflows_starts_over_and_is_not_sealed()
    {
        var ledger = new Ledger(SlowThresholds.None, sumsDurations: true);

        Assert.True(ledger.TryAdd(Ledger.Duration, long.MaxValue));
        Assert.True(ledger.TryAdd(Ledger.Duration, 10));
        Assert.True(ledger.TryAdd(Ledger.Duration, 1));

        Assert.Equal(10, ledger.Sum(Ledger.Duration));
    }

    private static void Together(int count, Action<int> work)
    {
        using var barrier = new Barrier(count);
        var threads = Enumerable
            .Range(0, count)
            .Select(number =>
                Task.Factory.StartNew(
                    () =>
                    {
                        barrier.SignalAndWait();
                        work(number);
                    },
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default
                )
            )
            .ToArray();
        Task.WaitAll(threads);
    }

    private static int Measure(Ledger ledger, long durationTicks) =>
        ledger.AddDuration(durationTicks, ledger.SlowThresholds.Reached(durationTicks));
}
