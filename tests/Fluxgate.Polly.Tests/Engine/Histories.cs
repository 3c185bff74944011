namespace Fluxgate;

public sealed class Histories
{
    private const long Most = int.MaxValue;

    [Fact]
    public void Transitions_are_counted_beyond_the_range_of_an_int()
    {
        var full = new long[History.States * History.States];
        Array.Fill(full, Most);

        var after = new History(full, Most, Most, Most).After(BreakerState.HalfOpen, BreakerState.Open, Most + 1);

        Assert.Equal(Most + 1, after.Transitions(BreakerState.HalfOpen, BreakerState.Open));
        Assert.Equal(Most, after.Transitions(BreakerState.Closed, BreakerState.Open));
        Assert.Equal((Most + 1, Most + 1), (after.Signals, after.Reopens));
    }

    [Fact]
    public void Would_trips_are_counted_beyond_the_range_of_an_int() =>
        Assert.Equal(Most + 1, new History(new long[History.States * History.States], 0, 0, Most).AfterWouldTrip().WouldTrips);
}
