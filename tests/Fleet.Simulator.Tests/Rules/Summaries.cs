namespace Fluxgate.Rules;

/// <summary>Ten members, whose quorum is three.</summary>
public sealed class Summaries
{
    private static readonly BreakerRule Rule = BreakerRule.Of(20, 0.5);

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void A_quorum_of_votes_trips_the_fleet(int votes, bool trips)
    {
        Assert.Equal(trips, Next(Members(10, number => number < votes ? Voter(number) : Healthy(number))).Scopes[0].IsOpen);
    }

    [Fact]
    public void A_vote_expires()
    {
        var digests = Members(10, number => Voter(number) with { VoteAge = TimeSpan.FromSeconds(9) });

        Assert.True(Next(digests, age: TimeSpan.FromSeconds(1)).Scopes[0].IsOpen);
        Assert.False(Next(digests, age: TimeSpan.FromSeconds(1.1)).Scopes[0].IsOpen);
    }

    [Fact]
    public void Members_in_manual_states_and_without_traffic_are_not_eligible()
    {
        var digests = Members(
            10,
            number =>
                number < 2 ? Voter(number) with { State = BreakerState.Disabled }
                : number < 4 ? Voter(number) with { HasTraffic = false }
                : number < 6 ? Voter(number)
                : Healthy(number)
        );

        var scope = Next(digests).Scopes[0];

        Assert.Equal((2, 3, false), (scope.Votes, scope.Quorum, scope.IsOpen));
    }

    [Fact]
    public void Members_below_their_minimum_trip_together()
    {
        Assert.True(Next(Members(10, number => Healthy(number) with { Closed = new(3, 2) })).Scopes[0].IsOpen);
    }

    [Fact]
    public void Few_members_with_many_failures_do_not_trip_the_fleet()
    {
        Assert.False(
            Next(Members(10, number => Healthy(number) with { Closed = number < 2 ? new(1_000, 1_000) : new(10, 0) })).Scopes[0].IsOpen
        );
    }

    [Fact]
    public void A_minority_of_the_known_members_decides_nothing()
    {
        var known = Members(10, Voter).Select((digest, i) => (digest, i < 4 ? TimeSpan.Zero : TimeSpan.FromSeconds(3))).ToArray();

        var summary = Summarizer.Next(FleetRules.Default, Rule, FleetSummary.Empty(1), known);

        Assert.Equal((4, 10, false), (summary.Live, summary.Known, summary.Scopes[0].IsOpen));
    }

    [Fact]
    public void One_zone_with_a_quorum_trips_alone_and_two_trip_all()
    {
        Digest InZone(int number, int failing) => (number % 3 < failing ? Voter(number) : Healthy(number)) with { Zone = number % 3 };

        Assert.Equal([true, false, false], Next(Members(30, number => InZone(number, 1)), zones: 3).Scopes.Select(scope => scope.IsOpen));
        Assert.Equal([true, true, true], Next(Members(30, number => InZone(number, 2)), zones: 3).Scopes.Select(scope => scope.IsOpen));
    }

    [Fact]
    public void Two_leaders_write_the_same_summary()
    {
        var digests = Members(10, Voter);

        Assert.Equivalent(Next(digests), Next(digests), strict: true);
    }

    private static FleetSummary Next(Digest[] digests, int zones = 1, TimeSpan age = default) =>
        Summarizer.Next(FleetRules.Default, Rule, FleetSummary.Empty(zones), [.. digests.Select(digest => (digest, age))]);

    private static Digest[] Members(int count, Func<int, Digest> create) => [.. Enumerable.Range(0, count).Select(create)];

    private static Digest Healthy(int number) =>
        new()
        {
            Member = number,
            Zone = 0,
            Number = 1,
            State = BreakerState.Closed,
            HasTraffic = true,
            Closed = new(10, 0),
        };

    private static Digest Voter(int number) =>
        Healthy(number) with
        {
            State = BreakerState.Open,
            VoteAge = TimeSpan.Zero,
            Closed = default,
        };
}
