namespace Fluxgate.Rules;

public sealed class ProbeRules
{
    private static readonly FleetRules Numbers = FleetRules.Default;

    [Fact]
    public void Five_leases_are_taken_extended_released_and_expire()
    {
        var leases = new ProbeLeases(5, TimeSpan.FromSeconds(10));
        var taken = Enumerable.Range(0, 500).Count(member => leases.TryTake(member, TimeSpan.Zero));

        Assert.Equal(5, taken);
        Assert.True(leases.TryTake(member: 0, TimeSpan.FromSeconds(5)));
        leases.Release(member: 1);
        Assert.True(leases.TryTake(member: 100, TimeSpan.FromSeconds(5)));
        Assert.False(leases.TryTake(member: 101, TimeSpan.FromSeconds(9.9)));

        // Three expire; those that were extended or taken later do not.
        Assert.Equal(3, Enumerable.Range(200, 300).Count(member => leases.TryTake(member, TimeSpan.FromSeconds(10))));
    }

    [Fact]
    public void A_member_begins_in_the_cohort_with_a_lease_or_in_a_closed_fleet()
    {
        var open = new ScopeSummary { Epoch = 1, IsOpen = true };

        Assert.Equal(Numbers.Interval, Wait(open));
        Assert.Null(Wait(open, hasLease: true));
        Assert.Null(Wait(open with { Share = 1 }));
        Assert.Null(Wait(new()));
    }

    [Fact]
    public void Members_alone_begin_15_in_a_second_whenever_their_breaks_end()
    {
        foreach (var breakOver in new[] { 0.0, 3, 100 })
        {
            var begin = Enumerable.Range(0, 400).Select(member => breakOver + Alone(member, breakOver).TotalSeconds).ToArray();
            var perSecond = begin.GroupBy(at => (int)(at - breakOver)).Where(second => second.Key < 26).Select(second => second.Count());

            Assert.All(begin, at => Assert.InRange(at, breakOver, breakOver + (400 / 15.0)));
            Assert.All(perSecond, count => Assert.InRange(count, 13, 17));
        }

        static TimeSpan Alone(int member, double breakOver) =>
            ProbeGate.Wait(Numbers, null, member, false, TimeSpan.Zero, TimeSpan.FromSeconds(breakOver), live: 400) ?? TimeSpan.Zero;
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.3)]
    [InlineData(0.777)]
    public void A_share_of_the_ranks_is_that_share_of_the_members(double share)
    {
        for (var epoch = 1L; epoch < 100; epoch++)
        {
            Assert.InRange(
                Enumerable.Range(0, 1_000).Count(member => MemberRank.Of(member, epoch) < share),
                (share * 1_000) - 3,
                (share * 1_000) + 3
            );
        }
    }

    private static TimeSpan? Wait(ScopeSummary scope, bool hasLease = false) =>
        ProbeGate.Wait(Numbers, scope, member: 1, hasLease, TimeSpan.Zero, TimeSpan.Zero, live: 10);
}
