namespace Fluxgate;

public sealed class Recoveries
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void AfterProbes_counts_successes_and_failures(int probes, bool over) =>
        Assert.Equal(over, Recovery.AfterProbes(3).IsComplete(new(TimeSpan.Zero, probes, successes: 1, consecutiveSuccesses: 1)));

    [Fact]
    public void After_waits_for_its_time()
    {
        var recovery = Recovery.After(Minute);

        Assert.False(recovery.IsComplete(new(Minute - TimeSpan.FromTicks(1), 99, 99, 99)));
        Assert.True(recovery.IsComplete(new(Minute, 1, 1, 1)));
    }

    [Fact]
    public void WhenQuiet_is_complete_at_the_first_success() => Assert.True(Recovery.WhenQuiet.IsComplete(new(TimeSpan.Zero, 1, 1, 1)));

    [Theory]
    [InlineData(2, 60, false)]
    [InlineData(3, 59, false)]
    [InlineData(3, 60, true)]
    public void And_waits_for_both(int probes, int seconds, bool over) =>
        Assert.Equal(
            over,
            (Recovery.AfterProbes(3) & Recovery.After(Minute)).IsComplete(new(TimeSpan.FromSeconds(seconds), probes, probes, probes))
        );

    [Fact]
    public void ProbeLimit_is_the_largest_number_of_probes()
    {
        Assert.Equal(3, Recovery.AfterProbes(3).ProbeLimit);
        Assert.Equal(7, (Recovery.AfterProbes(3) & Recovery.AfterProbes(7) & Recovery.After(Minute)).ProbeLimit);
        Assert.Equal(3, (Recovery.WhenQuiet & Recovery.AfterProbes(3)).ProbeLimit);
    }

    [Fact]
    public void ProbeLimit_defaults_to_ten_and_WhenQuiet_has_none()
    {
        Assert.Equal(10, Recovery.After(Minute).ProbeLimit);
        Assert.Null(Recovery.WhenQuiet.ProbeLimit);
        Assert.Null((Recovery.WhenQuiet & Recovery.After(Minute)).ProbeLimit);
    }

    [Fact]
    public void A_recovery_without_state_starts_as_itself()
    {
        var recovery = Recovery.AfterProbes(3) & Recovery.After(Minute);

        Assert.Same(recovery, recovery.Start());
    }
}
