namespace Fluxgate;

public sealed class Streaks
{
    private readonly Ledger _ledger = NewLedger();

    [Fact]
    public void Count_failures_since_the_last_success()
    {
        var streak = new Streak(_ledger);
        Assert.Equal([1, 2, 3], [streak.Failed(), streak.Failed(), streak.Failed()]);
        Assert.Equal((3, 0), (streak.Failures(), streak.Successes()));

        _ledger.TryCount(Ledger.Successes);
        Assert.Equal((0, 1, 1, 1), (streak.Failures(), streak.Successes(), streak.Failed(), streak.Failures()));
    }

    [Fact]
    public void Go_on_where_the_phase_goes_on_with_another_ledger()
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
    public void Stay_as_they_are_when_the_ledger_stays() =>
        Assert.Same(new Streak(_ledger) is var streak ? streak : null, streak.On(_ledger));

    [Fact]
    public void Are_not_set_back_by_a_failure_of_the_old_ledger_that_comes_late()
    {
        var before = new Streak(_ledger);
        var next = NewLedger();
        var streak = before.On(next);
        next.TryCount(Ledger.Successes);

        Assert.Equal([1, 2, 3], [streak.Failed(), before.Failed(), streak.Failed()]);
        Assert.Equal((3, 0), (streak.Failures(), streak.Successes()));
    }

    [Fact]
    public void Count_successes_that_the_old_ledger_gets_before_it_is_sealed()
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
    public void Begin_anew_after_any_number_of_successes(long successes)
    {
        var streak = new Streak(_ledger);
        Assert.Equal((1, 2), (streak.Failed(), streak.Failed()));
        _ledger.TryAdd(Ledger.Successes, successes);

        Assert.Equal((0, successes), (streak.Failures(), streak.Successes()));
        Assert.Equal((1, 2, 3), (streak.Failed(), streak.Failed(), streak.Failed()));
        Assert.Equal((3, 0), (streak.Failures(), streak.Successes()));
    }

    [Fact]
    public void Stop_at_the_longest_that_a_rule_may_name()
    {
        var streak = new Streak(_ledger);
        for (var i = 0; i <= FluxgateDefaults.MaxStreak; i++)
        {
            streak.Failed();
        }

        Assert.Equal(FluxgateDefaults.MaxStreak, streak.Failures());
    }

    [Fact]
    public void Hold_no_ledger_but_the_last_two_over_many_reconfigurations()
    {
        var (streak, ledgers) = Chain(length: 100);
        GC.Collect();

        Assert.InRange(ledgers.Count(ledger => ledger.TryGetTarget(out _)), 1, 2);
        Assert.Equal(200, streak.Failures());
    }

    // Kept apart, so that no local of the test holds a ledger.
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
