namespace Fluxgate.Rules;

/// <summary>100 members in the epoch 7, whose share changed last at revision 10.</summary>
public sealed class CohortRules
{
    private const int Members = 100;

    [Fact]
    public void Probers_that_succeed_begin_a_cohort_of_twice_their_number()
    {
        Assert.Equal(0.1, Next(share: 0, Probers(failures: 0)).Share);
    }

    [Fact]
    public void Probers_that_fail_begin_no_cohort()
    {
        Assert.Equal(0, Next(share: 0, Probers(failures: 10)).Share);
    }

    [Theory]
    [InlineData(0.02, 0.04)]
    [InlineData(0.06, 0.1)]
    [InlineData(0.5, 0.55)]
    [InlineData(0.99, 1)]
    public void A_cohort_whose_calls_succeed_grows(double share, double next)
    {
        Assert.Equal(next, Next(share, Cohort(share, failures: 0)).Share, 10);
    }

    [Theory]
    [InlineData(2, 0.55)]
    [InlineData(4, 0.5)]
    [InlineData(6, 0.5)]
    [InlineData(20, 0.4)]
    public void The_failure_rate_makes_a_cohort_grow_stop_or_shrink(int failuresOf100, double next)
    {
        Assert.Equal(next, Next(0.5, Cohort(0.5, failuresOf100)).Share, 10);
    }

    [Fact]
    public void Failures_that_are_usual_do_not_count()
    {
        Assert.Equal(0.55, Next(0.5, Cohort(0.5, failures: 20), scope => scope with { UsualRate = 0.19 }).Share, 10);
    }

    [Fact]
    public void A_cohort_that_fails_altogether_begins_again_with_other_members()
    {
        var scope = Next(0.5, Cohort(0.5, failures: 100));

        Assert.Equal((0, 1), (scope.Share, scope.Setbacks));
        Assert.NotEqual(First(scope with { Share = 0.05 }), First(Scope(0.05)));

        static int[] First(ScopeSummary scope) => [.. Enumerable.Range(0, Members).Where(scope.Includes)];
    }

    [Fact]
    public void A_cohort_that_shrank_does_not_grow_at_once()
    {
        var shrunk = Next(0.5, Cohort(0.5, failures: 20));

        Assert.Equal(11 + FleetRules.Default.HoldAfterShrinking, shrunk.HoldsUntil);
        Assert.Equal(0.5, Next(0.5, Cohort(0.5, failures: 0), scope => scope with { HoldsUntil = 12 }).Share);
    }

    [Fact]
    public void A_cohort_whose_members_have_not_all_begun_does_not_grow()
    {
        var digests = Cohort(0.5, failures: 0).Select((digest, i) => i % 5 == 0 ? digest with { HasBegun = false } : digest);

        Assert.Equal(0.5, Next(0.5, [.. digests]).Share);
    }

    [Fact]
    public void What_was_seen_before_the_share_changed_proves_nothing()
    {
        Assert.Equal(0.5, Next(0.5, [.. Cohort(0.5, failures: 0).Select(digest => digest with { ActedOn = 9 })]).Share);
    }

    [Fact]
    public void Some_members_whose_own_path_is_broken_do_not_stop_the_others()
    {
        var digests = Cohort(0.5, failures: 0)
            .Select((digest, i) => i % 3 == 0 ? digest with { Returned = new(5, 5), OnlyFails = true } : digest);

        Assert.Equal(0.55, Next(0.5, [.. digests]).Share, 10);
    }

    [Fact]
    public void A_cohort_of_all_members_ends_the_recovery()
    {
        Assert.False(Next(1, Cohort(1, failures: 0)).IsOpen);
    }

    [Fact]
    public void A_trip_that_nobody_has_heard_of_is_not_over()
    {
        Assert.True(Fluxgate.Cohort.Next(FleetRules.Default, Scope(0), [], revision: 8).IsOpen);
        Assert.False(Fluxgate.Cohort.Next(FleetRules.Default, Scope(0), [], revision: 11).IsOpen);
    }

    private static ScopeSummary Next(double share, Digest[] digests, Func<ScopeSummary, ScopeSummary>? change = null) =>
        Fluxgate.Cohort.Next(FleetRules.Default, (change ?? (scope => scope))(Scope(share)), digests, revision: 11);

    private static ScopeSummary Scope(double share) =>
        new()
        {
            Epoch = 7,
            IsOpen = true,
            Share = share,
            ShareSince = 10,
        };

    private static Digest[] Probers(int failures) =>
        [.. Enumerable.Range(0, Members).Select(number => Member(number, number < 5, failures))];

    private static Digest[] Cohort(double share, int failures) =>
        [.. Enumerable.Range(0, Members).Select(number => Member(number, Scope(share).Includes(number), failures))];

    private static Digest Member(int number, bool serves, int failuresOf100) =>
        new()
        {
            Member = number,
            Zone = 0,
            Number = 1,
            State = serves ? BreakerState.HalfOpen : BreakerState.Open,
            HasTraffic = true,
            Epoch = 7,
            ActedOn = 10,
            HasBegun = serves,
            Returned = serves ? new(100, failuresOf100) : default,
        };
}
