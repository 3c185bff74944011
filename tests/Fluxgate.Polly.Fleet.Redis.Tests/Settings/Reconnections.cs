namespace Fluxgate;

/// <summary>When processes connect again that lost their connection at the same moment.</summary>
public sealed class Reconnections
{
    [Theory]
    [InlineData(0, 5_000)]
    [InlineData(1, 10_000)]
    [InlineData(50, 10_000)]
    public void A_thousand_processes_are_spread_evenly(long attempt, double longest)
    {
        var delays = Enumerable.Range(0, 1_000).Select(seed => new SpreadReconnects(seed * 7919).DelayOf(attempt)).ToArray();

        Assert.All(delays, delay => Assert.InRange(delay, 0, longest));
        // A tenth of the time has some tenth of the processes.
        var tenths = delays.GroupBy(delay => (int)(10 * delay / longest)).Select(tenth => tenth.Count()).ToArray();
        Assert.Equal(10, tenths.Length);
        Assert.All(tenths, tenth => Assert.InRange(tenth, 50, 170));
    }

    [Fact]
    public void The_delay_of_an_attempt_is_drawn_once()
    {
        var policy = new SpreadReconnects(17);
        var delay = policy.DelayOf(3);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.False(policy.ShouldRetry(3, (int)delay - 1)));
        Assert.True(policy.ShouldRetry(3, (int)delay + 1));
        Assert.NotEqual(policy.DelayOf(50), policy.DelayOf(51));
    }
}
