namespace Fluxgate;

/// <summary>Rule 10: a trip explains itself, with the same text in every culture.</summary>
public sealed class Explanations
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [MemberData(nameof(ForeignCulture.Languages), MemberType = typeof(ForeignCulture))]
    public void An_explanation_is_the_same_in_every_culture(string language)
    {
        using var culture = new ForeignCulture(language);

        Assert.Equal("MinRequests 1500 >= 1000", Of(Tripper.MinRequests(1000), Calls.Context(1500, 0)));
        Assert.Equal("FailureRate 62% >= 50% (31 of 50)", Of(Tripper.FailureRate(0.5), Calls.Context(50, 31)));
        Assert.Equal("FailureRate 33.3% >= 12.5% (1 of 3)", Of(Tripper.FailureRate(0.125), Calls.Context(3, 1)));
        Assert.Equal("FailureStreak 5 >= 5", Of(Tripper.FailureStreak(5), Calls.Context(5, 5, 5)));
        Assert.Equal("AvgLatency 1.25s >= 1s (4 calls)", Of(Tripper.AvgLatency(Second), Calls.Context(4, 0, total: 5 * Second)));
        Assert.Equal("AvgLatency 12.5ms >= 10ms (2 calls)", Of(Tripper.AvgLatency(Second / 100), Calls.Context(2, 0, total: Second / 40)));
        Assert.Equal(
            "SlowRate 66.7% >= 30% (2 of 3 took 1.5ms or longer)",
            Of(Tripper.SlowRate(0.3, Second * 0.0015), Calls.Lasting([Second * 0.0015], Second, Second, TimeSpan.Zero))
        );
        Assert.Equal("Closed", Of(Tripper.Closed, Calls.Context(0, 0)));
        Assert.Equal("HalfOpened", Of(Tripper.HalfOpened, Calls.Context(0, 0, state: BreakerState.HalfOpen)));
    }

    [Fact]
    public void An_explanation_while_half_open_names_the_capped_number()
    {
        var reading = Calls.Context(3, 3, streak: 3, state: BreakerState.HalfOpen, mostAsked: 3);

        Assert.Equal("MinRequests 3 >= 3", Of(Tripper.MinRequests(100), reading));
        Assert.Equal("FailureStreak 3 >= 3", Of(Tripper.FailureStreak(100), reading));
    }

    [Fact]
    public void An_explanation_of_an_or_names_only_branches_that_fired()
    {
        var (ten, streak) = (Tripper.MinRequests(10), Tripper.FailureStreak(5));

        Assert.Equal("MinRequests 10 >= 10", Of(ten | streak, Calls.Context(10, 4, 4)));
        Assert.Equal("FailureStreak 5 >= 5", Of(ten | streak, Calls.Context(9, 5, 5)));
        Assert.Equal("MinRequests 10 >= 10 | FailureStreak 5 >= 5", Of(ten | streak, Calls.Context(10, 5, 5)));
    }

    [Fact]
    public void An_explanation_has_brackets_when_several_branches_fired()
    {
        var rule = Tripper.MinRequests(10) & (Tripper.FailureRate(0.5) | Tripper.FailureStreak(5));

        Assert.Equal("MinRequests 10 >= 10 & (FailureRate 50% >= 50% (5 of 10) | FailureStreak 5 >= 5)", Of(rule, Calls.Context(10, 5, 5)));
        Assert.Equal("MinRequests 10 >= 10 & FailureRate 60% >= 50% (6 of 10)", Of(rule, Calls.Context(10, 6, 4)));
    }

    [Fact]
    public void An_explanation_has_a_finding_for_each_leaf_that_fired()
    {
        var rule =
            Tripper.MinRequests(2) & Tripper.AvgLatency(Second) & (Tripper.FailureRate(0.5) | Tripper.FailureStreak(9)) & Tripper.Closed;
        var findings = new List<Finding>();

        rule.Describe(Calls.Context(4, 3, total: 6 * Second), findings);

        Assert.Equal(
            [
                new("MinRequests", 4, 2, "MinRequests 4 >= 2"),
                new("AvgLatency", 1.5, 1, "AvgLatency 1.5s >= 1s (4 calls)"),
                new("FailureRate", 0.75, 0.5, "FailureRate 75% >= 50% (3 of 4)"),
                new("Closed", null, null, "Closed"),
            ],
            findings
        );
    }

    private static string Of(Tripper rule, TripperContext reading)
    {
        Assert.True(rule.Fires(reading));
        return rule.Describe(reading, []);
    }
}
