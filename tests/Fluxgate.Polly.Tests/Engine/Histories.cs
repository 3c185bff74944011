namespace Fluxgate;

public sealed class Histories
{
    private const long Most = int.MaxValue;

    [Fact]
    public void Count_more_transitions_than_an_int_holds()
    {
        var full = new long[History.States * History.States];
        Array.Fill(full, Most);

        var after = new History(full, Most, Most, Most).After(BreakerState.HalfOpen, BreakerState.Open, Most + 1);

        Assert.Equal(Most + 1, after.Transitions(BreakerState.HalfOpen, BreakerState.Open));
        Assert.Equal(Most, after.Transitions(BreakerState.Closed, BreakerState.Open));
        Assert.Equal((Most + 1, Most + 1), (after.Signals, after.Reopens));
    }

    [Fact]
    public void Count_more_would_trips_than_an_int_holds() =>
        Assert.Equal(Most + 1, new History(new long[History.States * History.States], 0, 0, Most).AfterWouldTrip().WouldTrips);
}
