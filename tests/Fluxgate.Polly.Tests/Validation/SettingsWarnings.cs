namespace Fluxgate;

/// <summary>Settings that are valid but likely a mistake cause a warning, and the breaker works.</summary>
public sealed class SettingsWarnings
{
    private static readonly Tripper Streak = Tripper.FailureStreak(5);

    [Fact]
    public void A_branch_that_can_never_fire_is_reported_with_the_cause() =>
        Assert.Equal(
            [
                "The branch Closed & HalfOpened & MinRequests(10) of the rule can never fire while the circuit is closed: HalfOpened does not fire while closed.",
            ],
            Warnings(Streak | (Tripper.Closed & Tripper.HalfOpened & Tripper.MinRequests(10)))
        );

    [Fact]
    public void A_minimum_larger_than_the_window_is_reported_on_either_side()
    {
        const string Warning =
            "The branch MinRequests(101) & FailureRate(50%) of the rule can never fire while the circuit is closed: MinRequests(101) requires more calls than the window's 100.";
        var dead = Tripper.MinRequests(101) & Tripper.FailureRate(0.5);

        Assert.Equal([Warning], Warnings(dead | Streak));
        Assert.Equal([Warning], Warnings(Streak | dead));
    }

    [Fact]
    public void A_dead_branch_within_brackets_is_reported() =>
        Assert.Equal(
            [
                "The branch MinRequests(500) of the rule can never fire while the circuit is closed: MinRequests(500) requires more calls than the window's 100.",
            ],
            Warnings(Tripper.FailureRate(0.5) & (Tripper.MinRequests(50) | Tripper.MinRequests(500)))
        );

    [Fact]
    public void A_lease_below_a_slow_threshold_is_reported()
    {
        var rule =
            Tripper.MinRequests(20) & (Tripper.SlowRate(0.5, TimeSpan.FromSeconds(1)) | Tripper.SlowRate(0.5, TimeSpan.FromMinutes(1)));

        Assert.Equal(
            [
                "ProbeLease 30s is shorter than the slow-call duration 1m of the rule. A probe that takes longer than its lease fails, although it is not slow.",
            ],
            Warnings(rule)
        );
        Assert.Empty(new FluxgateBreakerSettings { Tripper = rule, ProbeLease = TimeSpan.FromMinutes(1) }.Warnings);
    }

    [Fact]
    public void Every_dead_branch_is_reported() =>
        Assert.Equal(2, Warnings(Tripper.MinRequests(101) | Streak | (Tripper.Closed & Tripper.HalfOpened)).Count);

    [Fact]
    public void A_branch_for_one_state_is_not_reported() =>
        Assert.Empty(Warnings((Tripper.Closed & Streak) | (Tripper.HalfOpened & Tripper.FailureStreak(1))));

    [Theory]
    [InlineData("MinRequests(10) | FailureRate(50%)")]
    [InlineData("MinRequests(10)")]
    [InlineData("FailureRate(50%) & MinRequests(10) | Closed")]
    public void A_rule_that_fires_without_failures_is_reported(string rule) =>
        Assert.Equal(
            [$"The rule {rule} fires without a failure or a slow call once the window holds enough calls. Should one of its | be &?"],
            Warnings(Tripper.Parse(rule))
        );

    [Theory]
    [InlineData("FailureRate(10%)")]
    [InlineData("SlowRate(10%, 1s)")]
    [InlineData("AvgLatency(1s)")]
    [InlineData("Closed & FailureRate(10%) | MinRequests(20) & SlowRate(10%, 1s)")]
    public void A_rule_that_fires_at_a_single_call_is_reported(string rule) =>
        Assert.Equal(
            [$"The rule {rule} fires on the first call that fails or is slow. Combine its rates with MinRequests."],
            Warnings(Tripper.Parse(rule))
        );

    [Theory]
    [InlineData("FailureStreak(1)")]
    [InlineData("MinRequests(2) & FailureRate(10%)")]
    [InlineData("HalfOpened & FailureRate(50%) | Closed & MinRequests(10) & SlowRate(50%, 1s)")]
    public void A_usual_rule_is_not_reported(string rule) => Assert.Empty(Warnings(Tripper.Parse(rule)));

    [Fact]
    public void A_rule_with_a_custom_tripper_is_not_evaluated_for_warnings() =>
        Assert.Empty(Warnings(new Counted() | Tripper.FailureRate(0.1)));

    [Fact]
    public void A_time_window_has_no_capacity_that_a_minimum_could_exceed() =>
        Assert.Empty(
            new FluxgateBreakerSettings
            {
                Window = Window.Time(TimeSpan.FromSeconds(1)),
                Tripper = Streak | (Tripper.MinRequests(int.MaxValue) & Tripper.FailureRate(1)),
            }.Warnings
        );

    [Fact]
    public void The_warnings_of_a_breaker_are_those_of_its_creation()
    {
        var settings = new FluxgateBreakerSettings { Tripper = Streak | Tripper.MinRequests(101) };
        var breaker = new FluxgateBreaker("payments", settings, new VirtualTime());

        settings.Tripper = Streak;

        Assert.Single(breaker.Warnings);
        Assert.Empty(settings.Warnings);
    }

    [Fact]
    public void Default_settings_have_no_warnings() => Assert.Empty(new FluxgateBreakerSettings().Warnings);

    [Fact]
    public void Settings_without_a_part_have_no_warnings() =>
        Assert.Empty(new FluxgateBreakerSettings { Tripper = null!, Window = null! }.Warnings);

    private static IReadOnlyList<string> Warnings(Tripper rule) => new FluxgateBreakerSettings { Tripper = rule }.Warnings;

    private sealed class Counted : Tripper
    {
        public override bool Fires(in TripperContext reading) => throw new InvalidOperationException("Asked beforehand.");
    }
}
