namespace Fluxgate;

public sealed class Trippers
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    [InlineData(11, true)]
    public void MinRequests_fires_at_its_number_and_above(int requests, bool fires) =>
        Assert.Equal(fires, Tripper.MinRequests(10).Fires(Calls.Context(requests, 0)));

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, true)]
    [InlineData(6, true)]
    public void FailureStreak_fires_at_its_number_whatever_the_window_contains(int streak, bool fires) =>
        Assert.Equal(fires, Tripper.FailureStreak(5).Fires(Calls.Context(0, 0, streak)));

    [Theory]
    [InlineData(49, false)]
    [InlineData(50, true)]
    [InlineData(51, true)]
    public void FailureRate_fires_at_its_ratio_and_above(int failures, bool fires) =>
        Assert.Equal(fires, Tripper.FailureRate(0.5).Fires(Calls.Context(100, failures)));

    [Fact]
    public void No_rate_and_no_latency_fires_on_an_empty_window()
    {
        Assert.False(Tripper.FailureRate(double.Epsilon).Fires(Calls.Context(0, 0)));
        Assert.False(Tripper.AvgLatency(TimeSpan.FromTicks(1)).Fires(Calls.Context(0, 0)));
        Assert.False(Tripper.SlowRate(double.Epsilon, Second).Fires(Calls.Lasting([Second])));
    }

    [Fact]
    public void Seven_of_a_hundred_reach_seven_percent_despite_rounding()
    {
        Assert.True(0.07 * 100 > 7);

        Assert.True(Tripper.FailureRate(0.07).Fires(Calls.Context(100, 7)));
        Assert.False(Tripper.FailureRate(0.07).Fires(Calls.Context(100, 6)));
    }

    [Fact]
    public void Every_whole_percentage_fires_at_its_exact_share()
    {
        for (var percent = 1; percent <= 100; percent++)
        {
            var rule = Tripper.FailureRate(percent / 100.0);
            for (var hundreds = 1; hundreds <= 30; hundreds++)
            {
                Assert.True(rule.Fires(Calls.Context(100 * hundreds, percent * hundreds)), $"{rule} of {hundreds}00");
                Assert.False(rule.Fires(Calls.Context(100 * hundreds, (percent * hundreds) - 1)), $"{rule} of {hundreds}00");
            }
        }
    }

    [Fact]
    public void SlowRate_counts_calls_at_or_above_its_threshold()
    {
        var rule = Tripper.SlowRate(0.5, Second);
        var justBelow = Second - TimeSpan.FromTicks(1);

        Assert.True(rule.Fires(Calls.Lasting([Second], Second, justBelow)));
        Assert.False(rule.Fires(Calls.Lasting([Second], Second, justBelow, justBelow)));
    }

    [Fact]
    public void Two_slow_rates_count_separately()
    {
        var reading = Calls.Lasting([Second, 3 * Second], Second, Second, 4 * Second, TimeSpan.Zero);

        Assert.Equal((3, 1), (reading.SlowCalls(Second), reading.SlowCalls(3 * Second)));
        Assert.Equal((0.75, 0.25), (reading.SlowRate(Second), reading.SlowRate(3 * Second)));
    }

    [Fact]
    public void A_threshold_that_no_leaf_names_throws()
    {
        var error = Assert.Throws<ArgumentException>(() => Calls.Lasting([Second], Second).SlowCalls(2 * Second));

        Assert.StartsWith("threshold must be the SlowThreshold of a leaf of the rule, but is 2s.", error.Message);
    }

    [Fact]
    public void AvgLatency_compares_the_mean()
    {
        var rule = Tripper.AvgLatency(Second);

        Assert.True(rule.Fires(Calls.Context(4, 0, total: 4 * Second)));
        Assert.False(rule.Fires(Calls.Context(4, 0, total: (4 * Second) - TimeSpan.FromTicks(1))));
    }

    [Theory]
    [InlineData(BreakerState.Closed, true, false)]
    [InlineData(BreakerState.HalfOpen, false, true)]
    public void Closed_and_HalfOpened_fire_in_their_state_only(BreakerState state, bool closed, bool halfOpened)
    {
        var reading = Calls.Context(0, 0, state: state);

        Assert.Equal((closed, halfOpened), (Tripper.Closed.Fires(reading), Tripper.HalfOpened.Fires(reading)));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void And_requires_both_sides_and_or_requires_one(bool left, bool right)
    {
        var reading = Calls.Context(10, 10);
        var (first, second) = (Tripper.MinRequests(left ? 1 : 99), Tripper.FailureStreak(1) | Tripper.MinRequests(right ? 1 : 99));

        Assert.Equal(left && right, (first & second).Fires(reading));
        Assert.Equal(left || right, (first | second).Fires(reading));
    }

    [Fact]
    public void Counts_are_capped_at_the_number_of_probes_while_half_open()
    {
        var threeProbes = Calls.Context(3, 3, streak: 3, state: BreakerState.HalfOpen, mostAsked: 3);

        Assert.True(Tripper.MinRequests(100).Fires(threeProbes));
        Assert.True(Tripper.FailureStreak(100).Fires(threeProbes));
        Assert.Equal((2, 3), (threeProbes.AtMost(2), threeProbes.AtMost(100)));
        Assert.False(Tripper.MinRequests(100).Fires(Calls.Context(2, 2, state: BreakerState.HalfOpen, mostAsked: 3)));
    }

    [Fact]
    public void Counts_are_not_capped_otherwise()
    {
        Assert.False(Tripper.MinRequests(100).Fires(Calls.Context(99, 0)));
        Assert.Equal(int.MaxValue, Calls.Context(0, 0).AtMost(int.MaxValue));
    }

    [Fact]
    public void Only_rules_on_durations_need_durations()
    {
        Assert.DoesNotContain((Tripper.MinRequests(1) & Tripper.FailureRate(1)).Leaves, leaf => leaf.NeedsDurations);
        Assert.False(Tripper.SlowRate(1, Second).NeedsDurations);
        Assert.True(Tripper.AvgLatency(Second).NeedsDurations);
        Assert.Equal(Second, Tripper.SlowRate(1, Second).SlowThreshold);
        Assert.Null(Tripper.AvgLatency(Second).SlowThreshold);
    }

    [Fact]
    public void A_tripper_without_state_starts_as_itself()
    {
        var rule = Tripper.MinRequests(10) & (Tripper.FailureRate(0.5) | Tripper.FailureStreak(5));

        Assert.Same(rule, rule.Start());
    }
}
