namespace Fluxgate.Rules;

public sealed class VoteRules
{
    [Theory]
    [InlineData(4, 3)]
    [InlineData(10, 3)]
    [InlineData(11, 4)]
    [InlineData(1_000, 300)]
    public void A_quorum_is_30_percent_and_at_least_3(int eligible, int quorum)
    {
        Assert.Equal(quorum, Votes.Quorum(FleetRules.Default, eligible));
    }

    [Fact]
    public void Only_the_members_own_opening_of_a_closed_circuit_is_a_vote()
    {
        var breaker = FluxgateBreaker.CreateUnattached("payments", new() { Tripper = Tripper.FailureStreak(1) });
        var opened = breaker.Admit().Settle(Verdict.Failure)!;
        breaker.Probe();
        var failedProbe = breaker.Admit().Settle(Verdict.Failure)!;
        breaker.Reset();
        var byFleet = breaker.TripFor(TimeSpan.FromSeconds(1), kind: ReasonKind.Fleet)!;
        breaker.Reset();
        var byHand = breaker.Trip()!;

        Assert.True(Votes.IsVote(opened));
        Assert.Equal((BreakerState.HalfOpen, BreakerState.Open), (failedProbe.OldState, failedProbe.NewState));
        Assert.False(Votes.IsVote(failedProbe));
        Assert.False(Votes.IsVote(byFleet));
        Assert.False(Votes.IsVote(byHand));
    }
}
