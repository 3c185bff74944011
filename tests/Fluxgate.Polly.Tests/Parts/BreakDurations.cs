namespace Fluxgate;

public sealed class BreakDurations
{
    private const double JustBelowOne = 1 - (1.0 / (1L << 53));

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public void Fixed_is_the_same_after_every_reopen(int reopens) =>
        Assert.Equal(30 * Second, BreakDuration.Fixed(30 * Second).Next(new(reopens)));

    [Fact]
    public void None_is_zero_and_UntilReset_is_the_maximum()
    {
        Assert.Equal(TimeSpan.Zero, BreakDuration.None.Next(new(0)));
        Assert.Equal(TimeSpan.MaxValue, BreakDuration.UntilReset.Next(new(0)));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 20)]
    [InlineData(2, 40)]
    [InlineData(5, 320)]
    [InlineData(6, 600)]
    [InlineData(7, 600)]
    [InlineData(1023, 600)]
    [InlineData(int.MaxValue, 600)]
    public void Backoff_doubles_with_every_reopen_up_to_its_cap(int reopens, int seconds) =>
        Assert.Equal(seconds * Second, BreakDuration.Backoff(10 * Second).Next(new(reopens)));

    [Fact]
    public void Backoff_uses_the_given_multiplier_and_cap()
    {
        var backoff = BreakDuration.Backoff(4 * Second, multiplier: 1.5, max: 10 * Second);

        Assert.Equal(
            [4 * Second, 6 * Second, 9 * Second, 10 * Second],
            Enumerable.Range(0, 4).Select(reopens => backoff.Next(new(reopens)))
        );
    }

    [Fact]
    public void A_multiplier_of_one_never_grows() =>
        Assert.Equal(4 * Second, BreakDuration.Backoff(4 * Second, multiplier: 1).Next(new(int.MaxValue)));

    [Fact]
    public void The_default_cap_is_ten_minutes_or_a_longer_first_break()
    {
        Assert.Equal(600 * Second, BreakDuration.Backoff(Second).Next(new(100)));
        Assert.Equal(1200 * Second, BreakDuration.Backoff(1200 * Second).Next(new(100)));
    }

    [Theory]
    [InlineData(double.MaxValue, 1)]
    [InlineData(double.MaxValue, int.MaxValue)]
    [InlineData(2, int.MaxValue)]
    public void No_multiplier_and_no_number_of_reopens_overflows(double multiplier, int reopens)
    {
        Assert.Equal(600 * Second, BreakDuration.Backoff(Second, multiplier).Next(new(reopens)));
        Assert.Equal(TimeSpan.MaxValue, BreakDuration.Backoff(Second, multiplier, max: TimeSpan.MaxValue).Next(new(reopens)));
    }

    [Theory]
    [InlineData(0, 80)]
    [InlineData(0.25, 90)]
    [InlineData(0.5, 100)]
    [InlineData(0.75, 110)]
    public void Jitter_is_symmetric(double chance, int seconds) =>
        Assert.Equal(seconds * Second, BreakDuration.Fixed(100 * Second, jitter: 0.2).Next(new(0, () => chance)));

    [Fact]
    public void The_greatest_random_number_stays_below_the_upper_bound()
    {
        var longest = BreakDuration.Fixed(100 * Second, jitter: 0.2).Next(new(0, () => JustBelowOne));

        Assert.InRange(longest, (120 * Second) - TimeSpan.FromTicks(1), 120 * Second);
    }

    [Fact]
    public void Jitter_applies_after_the_cap()
    {
        var backoff = BreakDuration.Backoff(10 * Second, max: 100 * Second, jitter: 0.1);

        Assert.Equal(90 * Second, backoff.Next(new(20, () => 0)));
        Assert.Equal(105 * Second, backoff.Next(new(20, () => 0.75)));
    }

    [Fact]
    public void The_shortest_break_stays_positive_with_any_jitter() =>
        Assert.Equal(TimeSpan.FromTicks(1), BreakDuration.Fixed(TimeSpan.FromTicks(1), jitter: 0.999).Next(new(0, () => 0)));

    [Fact]
    public void The_longest_break_does_not_overflow_with_jitter() =>
        Assert.Equal(TimeSpan.MaxValue, BreakDuration.Fixed(TimeSpan.MaxValue, jitter: 0.5).Next(new(0, () => 0.9)));

    [Fact]
    public void Without_jitter_no_random_number_is_drawn() =>
        Assert.Equal(Second, BreakDuration.Fixed(Second).Next(new(0, () => throw new InvalidOperationException("drawn"))));

    [Theory]
    [InlineData(-0.001)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void An_invalid_random_number_throws(double chance) =>
        Assert.Throws<InvalidOperationException>(() => BreakDuration.Fixed(Second, jitter: 0.1).Next(new(0, () => chance)));

    [Fact]
    public void The_default_random_source_stays_within_the_bounds()
    {
        var jittered = BreakDuration.Fixed(100 * Second, jitter: 0.2);

        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(jittered.Next(new(0)), 80 * Second, 120 * Second));
    }
}
