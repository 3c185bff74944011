namespace Fluxgate;

public sealed class Streaks
{
    private readonly Ledger _ledger = NewLedger();

    [Fact]
    public void A_streak_counts_failures_since_the_last_success()
    {
        var streak = new Streak(_ledger);
        Assert.Equal([1, 2, 3], [streak.Failed(), streak.Failed(), streak.Failed()]);
        Assert.Equal((3, 0), (streak.Failures(), streak.Successes()));

        _ledger.TryCount(Ledger.Successes);
        Assert.Equal((0, 1, 1, 1), (streak.Failures(), streak.Successes(), streak.Failed(), streak.Failures()));
    }

    [Fact]
    public void A_streak_continues_on_the_next_ledger()
    {
        var before = new Streak(_ledger);
        _ledger.TryAdd(Ledger.Successes, 5);
        before.Failed();
        before.Failed();

        var next = NewLedger();
        var streak = before.On(next);

        Assert.Equal((2, 0, 3), (streak.Failures(), streak.Successes(), streak.Failed()));
        next.TryCount(Ledger.Successes);
        Assert.Equal((0, 1, 1), (streak.Failures(), streak.Successes(), streak.Failed()));
    }

    [Fact]
    public void A_streak_is_the_same_object_on_the_same_ledger() =>
        Assert.Same(new Streak(_ledger) is var streak ? streak : null, streak.On(_ledger));

    [Fact]
    public void A_late_failure_of_the_old_ledger_does_not_reset_a_streak()
    {
        var before = new Streak(_ledger);
        var next = NewLedger();
        var streak = before.On(next);
        next.TryCount(Ledger.Successes);

        Assert.Equal([1, 2, 3], [streak.Failed(), before.Failed(), streak.Failed()]);
        Assert.Equal((3, 0), (streak.Failures(), streak.Successes()));
    }

    [Fact]
    public void A_success_on_the_old_ledger_before_its_seal_ends_a_streak()
    {
        var before = new Streak(_ledger);
        var streak = before.On(NewLedger());
        Assert.Equal(1, streak.Failed());

        _ledger.TryCount(Ledger.Successes);
        Assert.Equal((0, 1), (streak.Failures(), streak.Successes()));

        _ledger.Seal(new long[_ledger.Count]);
        Assert.Equal((0, 1, 1), (streak.Failures(), streak.Successes(), streak.Failed()));
    }

    [Theory]
    [InlineData(1L << 37)]
    [InlineData((1L << 38) - 1)]
    [InlineData(1L << 38)]
    [InlineData(1L << 39)]
    [InlineData(3L << 39)]
    [InlineData(1L << 50)]
    public void A_streak_starts_over_after_any_number_of_successes(long successes)
    {
        var streak = new Streak(_ledger);
        Assert.Equal((1, 2), (streak.Failed(), streak.Failed()));
        _ledger.TryAdd(Ledger.Successes, successes);

        Assert.Equal((0, successes), (streak.Failures(), streak.Successes()));
        Assert.Equal((1, 2, 3), (streak.Failed(), streak.Failed(), streak.Failed()));
        Assert.Equal((3, 0), (streak.Failures(), streak.Successes()));
    }

    [Fact]
    public void A_streak_stops_at_the_longest_that_a_rule_may_require()
    {
        var streak = new Streak(_ledger);
        for (var i = 0; i <= FluxgateDefaults.MaxStreak; i++)
        {
            streak.Failed();
        }

        Assert.Equal(FluxgateDefaults.MaxStreak, streak.Failures());
    }

    [Fact]
    public void A_streak_keeps_at_most_two_ledgers_alive()
    {
        var (streak, ledgers) = Chain(length: 100);
        GC.Collect();

        Assert.InRange(ledgers.Count(ledger => ledger.TryGetTarget(out _)), 1, 2);
        Assert.Equal(200, streak.Failures());
    }

    // A separate method, so that no local of the test references a ledger.
    private static (Streak, List<WeakReference<Ledger>>) Chain(int length)
    {
        var ledger = NewLedger();
        var (streak, ledgers) = (new Streak(ledger), new List<WeakReference<Ledger>>());
        for (var i = 0; i < length; i++)
        {
            streak.Failed();
            var next = NewLedger();
            var following = streak.On(next);
            streak.Failed();
            ledger.Seal(new long[ledger.Count]);
            ledgers.Add(new(next));
            (streak, ledger) = (following, next);
        }

        return (streak, ledgers);
    }

    private static Ledger NewLedger() => new(SlowThresholds.None, sumsDurations: false);
}
